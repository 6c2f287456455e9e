package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	qtasks "github.com/qtasks/qtasks/clients/go"
	"github.com/qtasks/qtasks/clients/go/conformance/routeguide"
	"github.com/qtasks/qtasks/clients/go/internal/routeguidepb"
)

// runRouteGuide runs the tutorial's server, unchanged, as a worker.
func runRouteGuide(client *qtasks.Client) error {
	features, err := loadFeatures()
	if err != nil {
		return err
	}
	worker := qtasks.NewWorker(client, qtasks.WorkerOptions{Slots: slots(100)})
	routeguidepb.RegisterRouteGuideServer(worker, routeguide.NewServer(features))
	return runWorker(worker)
}

// loadFeatures reads clients/conformance/routes.json, or CONFORMANCE_ROUTES.
func loadFeatures() ([]*routeguidepb.Feature, error) {
	path := os.Getenv("CONFORMANCE_ROUTES")
	if path == "" {
		_, source, _, _ := runtime.Caller(0)
		path = filepath.Join(filepath.Dir(source), "../../conformance/routes.json")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the features of the route guide: %w", err)
	}
	var features []*routeguidepb.Feature
	return features, json.Unmarshal(text, &features)
}
