import '../ui/style/base.css'
import '../ui/form/form.css'
import { createRoot } from 'react-dom/client'
import { BrowserRouter, Route, Routes } from 'react-router'
import { Bench } from '../bench/bench.tsx'
import { Root } from '../ui/frame/root.tsx'
import { loadFonts, pageGiven } from './given.ts'

const { root, locale, serviceName } = pageGiven()

createRoot(root).render(
  <Root locale={locale} serviceName={serviceName}>
    <BrowserRouter>
      <Routes>
        <Route path="/bench/*" element={<Bench />} />
      </Routes>
    </BrowserRouter>
  </Root>,
)

loadFonts()
