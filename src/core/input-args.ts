/** The arguments of what takes an input and options: an input that may be undefined may be left out. */
export type InputArgs<Input, Options> = undefined extends Input
  ? [input?: Input, options?: Options]
  : [input: Input, options?: Options];
