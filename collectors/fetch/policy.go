package fetch

import (
	"net/http"
	"time"
)

// Policy is what one source may do beyond the default. Kinds embed it in their
// options.
type Policy struct {
	AllowPrivate bool   `toml:"allow_private"` // permits loopback and private addresses and any port
	Robots       string `toml:"robots"`        // "obey" (default) or "ignore"
	RobotsReason string `toml:"robots_reason"` // why the operator may ignore robots.txt

	Gap time.Duration // least pause that this site asks for in its documentation
}

// Check reports a policy that no source may have; mistake is the Errorf of the
// source, keys are below "options".
func (p Policy) Check(mistake func(key, format string, args ...any) error) error {
	switch {
	case p.Robots != "" && p.Robots != "obey" && p.Robots != "ignore":
		return mistake("options.robots", "%q is not one of obey, ignore", p.Robots)
	case p.Robots == "ignore" && p.RobotsReason == "":
		return mistake("options.robots", `"ignore" needs options.robots_reason: say why you may read what the site asks robots not to`)
	case p.Robots != "ignore" && p.RobotsReason != "":
		return mistake("options.robots_reason", `is set, but robots is not "ignore"`)
	}
	return nil
}

// exempt reports whether robots.txt does not apply: the operator said so, or the
// request carries the operator's own key to an interface made for programs.
func (p Policy) exempt(req *http.Request) bool {
	return p.Robots == "ignore" || req.Header.Get("Authorization") != "" || req.Header.Get("X-Goog-Api-Key") != ""
}
