package main

import (
	"encoding/json"
	"fmt"
	"io"

	"tillgate/store"
)

// printReport writes what verify found, for a person or a program.
func printReport(w io.Writer, r store.Report, asJSON bool) error {
	if asJSON {
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		return out.Encode(r)
	}
	fmt.Fprintf(w, "%d entries, %d refunds, %d deposits and %d sales agree; epoch %d\n", r.Entries, r.Refunds, r.Holds, r.Sales, r.Epoch)
	fmt.Fprintf(w, "newest entry %d, hash %s\n", r.Head, r.HeadHash)
	if r.Acked > 0 {
		fmt.Fprintf(w, "the cloud has acknowledged up to entry %d, hash %s\n", r.Acked, r.AckHash)
	} else {
		fmt.Fprintln(w, "the cloud has acknowledged nothing yet")
	}
	if !r.Whole {
		fmt.Fprintln(w, "sales kept coming: not every page of the file was looked at, run it again")
	}
	if r.Rebuilt > 0 {
		fmt.Fprintf(w, "%d summaries did not agree with their entries and were made anew\n", r.Rebuilt)
	}
	if d := r.Damage; d != nil {
		fmt.Fprintf(w, "this epoch began after damage (%s): %d entries were read, %d were lost; the old file is %s\n", d.Why, d.Readable, d.Unreadable, d.Aside)
	}
	for _, f := range r.Faults {
		fmt.Fprintln(w, "fault:", f)
	}
	return nil
}
