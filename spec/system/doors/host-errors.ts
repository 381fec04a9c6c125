/** What Node itself says when a size gets as far as an allocation. */
export const RangeErrorsOfTheHost =
  /^(Invalid (typed )?array (buffer )?length|Array buffer allocation failed|Invalid (count|string length|typed)|Maximum call stack|Start offset|offset is out of bounds|Cannot (read|destructure|convert|mix)|Set maximum size|Map maximum size|The number .* cannot be converted)/;
