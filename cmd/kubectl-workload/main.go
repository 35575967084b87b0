package main
import (
 _ "github.com/spf13/cobra"
 _ "github.com/olekukonko/tablewriter"
 _ "k8s.io/cli-runtime/pkg/genericclioptions"
 _ "k8s.io/cli-runtime/pkg/resource"
 _ "k8s.io/cli-runtime/pkg/printers"
 _ "go.yaml.in/yaml/v3"
)
func main(){}
