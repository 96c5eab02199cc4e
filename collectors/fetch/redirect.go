package fetch

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// checkRedirect is asked before every hop after the first. The chain checks
// robots.txt, address and pace of the hop itself.
func checkRedirect(req *http.Request, via []*http.Request) error {
	from := via[len(via)-1].URL
	switch {
	case len(via) > maxRedirects:
		return refuse(req.URL, fmt.Sprintf("more than %d redirects", maxRedirects))
	case from.Scheme == "https" && req.URL.Scheme == "http":
		return refuse(req.URL, "https redirects to http: give the https address")
	}
	if req.URL.Host != via[0].URL.Host {
		// net/http drops Authorization and cookies on its own, but would hand
		// keys in headers of other names to a stranger.
		for key := range req.Header {
			if !safeHeader(key) {
				req.Header.Del(key)
			}
		}
	}
	return nil
}

func safeHeader(key string) bool {
	switch key {
	case "Accept", "Accept-Language", "User-Agent":
		return true
	}
	return false
}

// checkAddress refuses what no source may ask for.
func checkAddress(u *url.URL) error {
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return refuse(u, fmt.Sprintf("scheme %q is not http or https", u.Scheme))
	case u.User != nil:
		return refuse(u, "the address contains a user name or password")
	case strings.TrimSpace(u.Hostname()) == "":
		return refuse(u, "the address has no host")
	}
	return nil
}

func refuse(u *url.URL, text string) *Error {
	return &Error{Kind: ErrRefused, Host: u.Host, Text: text}
}
