import { attackKind, aucOf } from './attack.ts'
import { defineKind } from './kind.ts'

/** AUC with which an attack tells the forget set from one never seen. */
export const membership = defineKind({
  ...attackKind,
  id: 'membership',
  title: 'Membership attack AUC',
  unit: 'share',
  description:
    'AUC with which scores of texts tell the forget set from a set never seen; ½ is chance, 1 all found.',
  source:
    'arXiv:2310.16789 (min-k), arXiv:2404.02936 (min-k++), arXiv:2012.07805 (zlib); open-unlearning mia_gradnorm',
  value: aucOf,
})
