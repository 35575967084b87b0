package main
import (
 _ "github.com/cockroachdb/datadriven"
 _ "github.com/google/go-cmp/cmp"
 _ "github.com/rogpeppe/go-internal/testscript"
 _ "pgregory.net/rapid"
)
