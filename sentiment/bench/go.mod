module pantau/sentiment/bench

go 1.26.8

require (
	github.com/jonreiter/govader v0.0.0-20250429093935-f6505c8d03cc
	pantau v0.0.0
)

require (
	golang.org/x/text v0.43.0 // indirect
	gonum.org/v1/gonum v0.17.0 // indirect
)

replace pantau => ../..
