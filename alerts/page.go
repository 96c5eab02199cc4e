package alerts

import (
	"html/template"
	"strings"
)

// mailWidth is where lines of a plain-text mail break.
const mailWidth = 76

// plainText is an alert as on a console: for mails, and for receivers that have
// no use for blocks.
func plainText(d Delivery, s Style) string {
	c := &console{style: s, width: mailWidth}
	return c.render(c.compose(d))
}

// pageForm is an alert as HTML. Its styles are inline, because mail programs drop
// others; all text passes through html/template, and quotes are isolated from the
// direction of their surroundings.
var pageForm = template.Must(template.New("page").Parse(`<!doctype html>
<html><body style="margin:0;padding:16px;font:15px/1.45 -apple-system,Segoe UI,Roboto,Arial,sans-serif;color:#1d1c1d;background:#ffffff">
<div style="max-width:640px">
<h1 style="font-size:19px;margin:0 0 8px">{{.Icon}} {{.M.Title}}</h1>
{{with .M.News}}<p style="margin:0 0 8px"><b>{{.}}</b></p>{{end}}
<p style="margin:0 0 12px">{{.M.Sentence}}</p>
{{if .Picture}}<p style="margin:0 0 12px"><img src="cid:pantau.png" alt="{{.M.Title}}" width="600" style="max-width:100%;height:auto"></p>{{end}}
{{define "lines"}}{{if .}}<table role="presentation" cellspacing="0" cellpadding="0" style="margin:0 0 12px">
{{range .}}<tr><td style="padding:2px 12px 2px 0;color:#616061;vertical-align:top;white-space:nowrap">{{.Label}}</td><td style="padding:2px 0;vertical-align:top">{{.Text}}{{range .Items}}<div>{{.}}</div>{{end}}</td></tr>
{{end}}</table>{{end}}{{end}}
{{template "lines" .M.Facts}}
{{range .M.List}}<div>{{.Icon}} <b>{{.Name}}</b>: {{.Detail}}</div>
{{end}}
{{range .M.Quotes}}<blockquote style="margin:0 0 10px;padding:0 0 0 12px;border-left:3px solid #dddddd"><bdi>“{{.Text}}”</bdi><br><span style="color:#616061">{{.Detail}}{{with .URL}} · <a href="{{.}}">{{$.Open}}</a>{{end}}</span>{{with .Why}}<br><i><bdi>{{.}}</bdi></i>{{end}}</blockquote>
{{end}}
{{template "lines" .M.Closing}}
</div></body></html>
`))

// page writes m as HTML.
func page(m Message, w writer, picture bool) (string, error) {
	var b strings.Builder
	err := pageForm.Execute(&b, struct {
		M       Message
		Icon    string
		Open    string
		Picture bool
	}{m, icon(m), w.openLink, picture})
	return b.String(), err
}
