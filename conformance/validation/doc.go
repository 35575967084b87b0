// Package validation compares pkg/validate with the validation of the API server:
// all that we refuse, the server refuses at the same field, and of the mistakes
// in its list none that the server refuses passes us.
package validation
