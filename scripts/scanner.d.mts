export declare const TARGET: string;
export declare function compiledScanner(): Promise<string>;
