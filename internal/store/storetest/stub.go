package storetest

func leases() []testCase     { return nil }
func migrations() []testCase { return nil }
