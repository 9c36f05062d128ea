#!/usr/bin/env node
// Checked in, so that package managers can link it before the sources are built.
import "../dist/cli/main.js";
