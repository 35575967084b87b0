package decisions

// daemonSetWays are the branches of the DaemonSet controller.
func daemonSetWays() []string { return nil }
