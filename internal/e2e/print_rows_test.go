package e2e

// printRows are the rows of what is read on paper.
func printRows() map[string]rule {
	return map[string]rule{"printDocument": {reads("/v1/documents/%s/print.pdf", sample), signedIn(200)}}
}
