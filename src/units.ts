/** Bytes in powers of ten, as disks are sold: `640 B`, `1.5 MB`, `437 MB`, `7.90 GB`. */
export function bytesText(count: number): string {
  if (count < 1000) return `${count} B`
  const power = Math.min(Math.floor(Math.log10(count) / 3), units.length)
  const value = count / 1000 ** power
  const digits = power > 2 ? 2 : value < 10 ? 1 : 0
  return `${value.toFixed(digits)} ${units[power - 1]}`
}

/** Seconds as a person says them: `4.2 s`, `45 s`, `3 min 20 s`, `2 h 5 min`; `unknown` for what is not finite. */
export function durationText(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'unknown'
  if (seconds < 9.95) return `${Number(Math.max(0, seconds).toFixed(1))} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const [h, min, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const [large, small] = h > 0 ? [`${h} h`, min && `${min} min`] : [`${min} min`, s && `${s} s`]
  return small ? `${large} ${small}` : large
}

const units = ['kB', 'MB', 'GB', 'TB']
