import { useLingui } from '@lingui/react'
import { Link, Route, Routes } from 'react-router'
import enrol from '../text/locales/en/enrol.json?messages'
import { Translated, useText } from '../text/text.tsx'
import './bench.css'
import en from '../text/locales/en/bench.json?messages'
import { Callback } from './callback.tsx'
import { MatrixPage } from './matrix.tsx'
import { ResultPage } from './result.tsx'
import { Runner } from './runner.tsx'

const texts = { ...en, ...enrol }

/** The test bench: a relying party in the browser. Its texts come with it. */
export default function Bench() {
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
        <Routes>
          <Route path="/" element={<Runner />} />
          <Route path="/matrix" element={<MatrixPage />} />
          <Route path="/callback" element={<Callback />} />
          <Route path="/runs/:nonce" element={<ResultPage />} />
        </Routes>
      </main>
    </>
  )
}
