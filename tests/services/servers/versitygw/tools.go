//go:build tools

// Pins the S3 server of the tests, which verifies signatures. Built by scripts/setup services.
package tools

import _ "github.com/versity/versitygw/cmd/versitygw"
