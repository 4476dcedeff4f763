export declare const EXAMPLES: string;
export declare function examples(): Generator<
  { readonly file: string; readonly text: string },
  void,
  undefined
>;
