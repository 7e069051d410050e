/** The precisions that trained weights keep from step to step. */
export const weightFormats = ['f32', 'bf16'] as const
export type WeightFormat = (typeof weightFormats)[number]
