package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCredentialsStayInTheirFolder tries more than two hundred ways out of the
// folder that systemd hands over. The control joins the same names to the path.
func TestCredentialsStayInTheirFolder(t *testing.T) {
	top := t.TempDir()
	dir := filepath.Join(top, "a", "credentials")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(top, "secret"), filepath.Join(top, "a", "secret"), filepath.Join(dir, "token")} {
		if err := os.WriteFile(path, []byte("canary "+path), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := func(string) string { return dir }
	var names []string
	for _, up := range []string{"../", "../../", "./../", ".././", "..//", "a/../../", "/../", "//../", "token/../../", "token/../", "....//", "..\\", "%2e%2e/", "..%2f", "..;/", "\x00../", "../\x00", "．．/", "..／", "../../../../../../../../"} {
		for _, target := range []string{"secret", "a/secret", "./secret", "secret/", "secret\x00", "secret\n", "etc/passwd", "token/../secret", "/secret", "credentials/../secret", "."} {
			names = append(names, up+target)
		}
	}
	seen := 0
	for _, name := range names {
		if s, err := readSecret("credential:"+name, env); err == nil {
			t.Errorf("credential:%q gives %q", name, s.Reveal())
		}
		if data, err := os.ReadFile(filepath.Join(dir, name)); err == nil && !strings.Contains(string(data), "token") {
			seen++
		}
	}
	if _, err := readSecret("credential:token", env); err != nil {
		t.Errorf("the credential itself: %v", err)
	}
	t.Logf("proof: %d paths out of the credentials' folder, 0 read", len(names))
	t.Logf("control: joined to the path %d of them read a foreign file", seen)
	if len(names) < 200 || seen < 20 {
		t.Errorf("%d paths, %d lead outside when joined: want 200 and 20", len(names), seen)
	}
}
