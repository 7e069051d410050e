/** What `retain: auto` keeps, for report and card. */
export const automaticWords =
  'that are answers of the starting model to questions that Lethe wrote; not texts of whoever ran it'
