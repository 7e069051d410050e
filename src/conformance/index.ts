export { type Check, lossConformance } from '../parts/loss/testing/conformance.ts'
