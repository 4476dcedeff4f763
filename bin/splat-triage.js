#!/usr/bin/env node
import module from "node:module";

// from Node 22 on, what was compiled once is not compiled again
module.enableCompileCache?.();
await import("../dist/cli.js");
