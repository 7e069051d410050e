import { render } from 'preact'
import { style } from '../../src/report/style.ts'
import { Page } from './page.tsx'
import './playground.css'

const sheet = document.createElement('style')
sheet.textContent = style
document.head.prepend(sheet)
render(<Page />, document.body)
