// Package routeguide is a gRPC server of the route guide, as gRPC's tutorials have it.
package routeguide

import (
	"context"
	"errors"
	"io"
	"math"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	pb "github.com/qtasks/qtasks/clients/go/internal/routeguidepb"
)

// Server answers from a list of features, and keeps the notes that travellers leave.
type Server struct {
	pb.UnimplementedRouteGuideServer
	features []*pb.Feature

	mu    sync.Mutex
	notes map[[2]int32][]*pb.RouteNote
}

// NewServer makes a server that knows these features.
func NewServer(features []*pb.Feature) *Server {
	return &Server{features: features, notes: map[[2]int32][]*pb.RouteNote{}}
}

// GetFeature gives the feature at a point; without a name where there is none.
func (s *Server) GetFeature(_ context.Context, point *pb.Point) (*pb.Feature, error) {
	for _, feature := range s.features {
		if proto.Equal(feature.Location, point) {
			return feature, nil
		}
	}
	return &pb.Feature{Location: point}, nil
}

// ListFeatures sends every named feature within the rectangle.
func (s *Server) ListFeatures(area *pb.Rectangle, stream grpc.ServerStreamingServer[pb.Feature]) error {
	for _, feature := range s.features {
		if feature.Name == "" || !contains(area, feature.Location) {
			continue
		}
		if err := stream.Send(feature); err != nil {
			return err
		}
	}
	return nil
}

// RecordRoute takes the points of a route, and tells what was passed on it.
func (s *Server) RecordRoute(stream grpc.ClientStreamingServer[pb.Point, pb.RouteSummary]) error {
	summary := &pb.RouteSummary{}
	began := time.Now()
	metres := 0.0
	for last := (*pb.Point)(nil); ; {
		point, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			summary.Distance = int32(math.Round(metres))
			summary.ElapsedTime = int32(time.Since(began).Seconds())
			return stream.SendAndClose(summary)
		}
		if err != nil {
			return err
		}
		summary.PointCount++
		if feature, _ := s.GetFeature(stream.Context(), point); feature.Name != "" {
			summary.FeatureCount++
		}
		if last != nil {
			metres += distance(last, point)
		}
		last = point
	}
}

// RouteChat takes notes, and answers each with those left before at its place.
func (s *Server) RouteChat(stream grpc.BidiStreamingServer[pb.RouteNote, pb.RouteNote]) error {
	for {
		note, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, earlier := range s.leave(note) {
			if err := stream.Send(earlier); err != nil {
				return err
			}
		}
	}
}

func (s *Server) leave(note *pb.RouteNote) []*pb.RouteNote {
	place := [2]int32{note.GetLocation().GetLatitude(), note.GetLocation().GetLongitude()}
	s.mu.Lock()
	defer s.mu.Unlock()
	earlier := s.notes[place]
	s.notes[place] = append(earlier[:len(earlier):len(earlier)], note)
	return earlier
}

func contains(area *pb.Rectangle, point *pb.Point) bool {
	lo, hi := area.GetLo(), area.GetHi()
	return between(point.GetLatitude(), lo.GetLatitude(), hi.GetLatitude()) &&
		between(point.GetLongitude(), lo.GetLongitude(), hi.GetLongitude())
}

// between includes both ends, whichever is the lower.
func between(value, one, other int32) bool {
	return value >= min(one, other) && value <= max(one, other)
}

// distance is the great circle's, in metres, by the haversine formula.
func distance(from, to *pb.Point) float64 {
	const earthRadius = 6_371_000
	lat1, lat2 := radians(from.GetLatitude()), radians(to.GetLatitude())
	dLat, dLng := lat2-lat1, radians(to.GetLongitude())-radians(from.GetLongitude())
	half := math.Pow(math.Sin(dLat/2), 2) + math.Cos(lat1)*math.Cos(lat2)*math.Pow(math.Sin(dLng/2), 2)
	return earthRadius * 2 * math.Atan2(math.Sqrt(half), math.Sqrt(1-half))
}

// radians of degrees times ten million.
func radians(e7 int32) float64 { return float64(e7) / 1e7 * math.Pi / 180 }
