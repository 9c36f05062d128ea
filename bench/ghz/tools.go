//go:build tools

// Package tools names the load generator, so that the module pins it.
package tools

import _ "github.com/bojand/ghz/cmd/ghz"
