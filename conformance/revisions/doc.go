// Package revisions compares pkg/revision with what the real StatefulSet controller
// keeps of a template: its bytes, their name, which of them are the same, and what
// becomes of a StatefulSet that goes back to them.
package revisions
