//go:build tools

// Package tools pins the conformance suite: its own repository has no module file.
package tools

import _ "github.com/summerwind/h2spec/cmd/h2spec"
