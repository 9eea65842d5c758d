import { useLingui } from '@lingui/react'
import { Link, Route, Routes, useLocation } from 'react-router'
import { enrolTexts } from '../enrol/texts.ts'
import { Translated, useText } from '../text/text.tsx'
import { Boundary } from '../ui/frame/boundary.tsx'
import { Broken } from '../ui/frame/broken.tsx'
import './bench.css'
import en from '../text/locales/en/bench.json?messages'
import { Callback } from './callback.tsx'
import { MatrixPage } from './matrix.tsx'
import { ResultPage } from './result.tsx'
import { Runner } from './runner.tsx'

const texts = { ...en, ...enrolTexts }

/** The test bench: a relying party in the browser, with its texts. */
export function Bench() {
  return (
    <Translated locale={useLingui().i18n.locale} more={texts}>
      <BenchPages />
    </Translated>
  )
}

function BenchPages() {
  const say = useText()
  return (
    <>
      <header className="bench-head">
        <Link to="/bench" className="bench-name">
          {say('product')} <span>{say('bench.title')}</span>
        </Link>
        <Link to="/bench/matrix">{say('bench.matrix.title')}</Link>
        <span className="tag">{say('bench.band')}</span>
      </header>
      <main className="bench">
        <Boundary of={useLocation().key} instead={<Broken />}>
          <Routes>
            <Route path="/" element={<Runner />} />
            <Route path="/matrix" element={<MatrixPage />} />
            <Route path="/callback" element={<Callback />} />
            <Route path="/runs/:nonce" element={<ResultPage />} />
          </Routes>
        </Boundary>
      </main>
    </>
  )
}
