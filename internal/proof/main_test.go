package main

import (
	"bytes"
	"strings"
	"testing"
)

// The table itself must not call a proof held that measured nothing.
func TestTable(t *testing.T) {
	tests := []struct {
		name, script, want string
		held               bool
	}{
		{"both lines", `echo "proof: 3 cases"; echo "control: 1 seen"`, "| 3 cases | 1 seen | held", true},
		{"from a test", `echo "    x_test.go:12: proof: 3 | 4"; echo "    x_test.go:13: control: seen"`, `| 3 \| 4 | seen | held`, true},
		{"no control", `echo "proof: 3 cases"`, "**failed**", false},
		{"nothing measured", `true`, "**failed**", false},
		{"it failed", `echo "proof: 3 cases"; echo "control: 1 seen"; false`, "**failed**", false},
		{"only words of it", `echo "ok  control: x"; echo "the proof: y"`, "**failed**", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			held := run(&out, []proof{{name: "x", fault: "f", want: "w", command: []string{"sh", "-c", tt.script}}}, nil, "X=", t.TempDir())
			if held != tt.held || !strings.Contains(out.String(), tt.want) {
				t.Errorf("held %t, want %t and %q in\n%s", held, tt.held, tt.want, &out)
			}
		})
	}
	if run(&bytes.Buffer{}, nil, nil, "X=", t.TempDir()) {
		t.Error("nothing was run, and it held")
	}
	missing := proof{name: "x", command: []string{"true"}, needs: []string{"no-such-program"}}
	if row, held := missing.run("X=", t.TempDir()); held || !strings.Contains(row, "no-such-program is missing") {
		t.Errorf("without its program: %s", row)
	}
}

// A mistyped name must not look like a proof that held.
func TestKnownNames(t *testing.T) {
	list := proofs(t.TempDir(), 1, "1")
	if err := known(list, []string{"kill", "release"}); err != nil {
		t.Error(err)
	}
	if err := known(list, []string{"kill", "mrkdown"}); err == nil || !strings.Contains(err.Error(), `"mrkdown" is no proof: use kill, power`) {
		t.Errorf("a mistyped name = %v, want it refused", err)
	}
}
