package plan

// The exit codes of plan, apply and undo. The worst workload wins, in the order
// ExitError, ExitWillNotWork, ExitGate, ExitProgressing, ExitPending.
const (
	ExitFine        = 0
	ExitError       = 1
	ExitPending     = 2   // changes are pending; only with --detailed-exitcode
	ExitGate        = 3   // a gate refused
	ExitWillNotWork = 4   // the change is rejected, or does not settle because of itself
	ExitProgressing = 5   // still progressing, or timed out
	ExitInterrupted = 130 // as a shell reports an interrupt
)

// ExitHelp explains the codes in the help of a command.
const ExitHelp = `Exit codes:
  0    fine
  1    error: no plan was made
  2    changes are pending (only with --detailed-exitcode)
  4    will not work: the change is rejected, or does not settle because of it
  130  interrupted`
