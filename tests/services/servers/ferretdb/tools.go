//go:build tools

// Pins the server that speaks MongoDB's wire protocol in the tests. Built by scripts/setup services.
package tools

import _ "github.com/FerretDB/FerretDB/cmd/ferretdb"
