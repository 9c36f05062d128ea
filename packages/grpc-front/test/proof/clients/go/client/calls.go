package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// inParallel runs work in so many goroutines and returns the first error.
func inParallel(count int, work func(lane int) error) error {
	errors := make(chan error, count)
	var running sync.WaitGroup
	for lane := range count {
		running.Add(1)
		go func() {
			defer running.Done()
			if err := work(lane); err != nil {
				errors <- err
			}
		}()
	}
	running.Wait()
	close(errors)
	return <-errors
}

// echo checks that a message of so many bytes comes back.
func echo(on *grpc.ClientConn, method string, size int, options ...grpc.CallOption) error {
	ctx, cancel := soon()
	defer cancel()
	request := make([]byte, size)
	for i := range request {
		request[i] = byte(i*7 + size)
	}
	response, err := call(ctx, on, method, request, options...)
	if err != nil {
		return fmt.Errorf("%s of %d bytes: %w", method, size, err)
	}
	if !bytes.Equal(request, response) {
		return fmt.Errorf("%s of %d bytes: other bytes came back (%d)", method, size, len(response))
	}
	return nil
}

func manyCalls(to target) error {
	const lanes, connections = 60, 3
	clients := make([]*grpc.ClientConn, connections)
	for i := range clients {
		client, err := to.dial()
		if err != nil {
			return err
		}
		defer client.Close()
		clients[i] = client
	}
	return inParallel(lanes, func(lane int) error {
		random := rand.New(rand.NewSource(int64(lane)))
		for i := range 60 * to.scale {
			method := []string{"Echo", "Later"}[i%2]
			if err := echo(clients[lane%connections], method, random.Intn(4000)); err != nil {
				return err
			}
		}
		return nil
	})
}

// manyAnswers makes grpc-go measure the way to the server, with a ping for each answer that finds none on its way.
func manyAnswers(to target) error {
	const lanes, callsOfLane = 2, 2500
	client, err := to.dial()
	if err != nil {
		return err
	}
	defer client.Close()
	return inParallel(lanes, func(int) error {
		for range callsOfLane * to.scale {
			if err := echo(client, "Echo", 100); err != nil {
				return err
			}
		}
		return nil
	})
}

// expectCode checks how a call ended.
func expectCode(err error, wanted codes.Code) error {
	if got := status.Code(err); got != wanted {
		return fmt.Errorf("expected %v, got %v (%v)", wanted, got, err)
	}
	return nil
}

func deadlines(to target) error {
	client, err := to.dial()
	if err != nil {
		return err
	}
	defer client.Close()
	return inParallel(30, func(lane int) error {
		for range 5 * to.scale {
			ctx, cancel := context.WithTimeout(context.Background(), time.Duration(1+lane*3)*time.Millisecond)
			_, err := call(ctx, client, "Hang", nil)
			cancel()
			if err := expectCode(err, codes.DeadlineExceeded); err != nil {
				return err
			}
			if err := echo(client, "Echo", 100); err != nil {
				return err
			}
		}
		return nil
	})
}

func cancellations(to target) error {
	client, err := to.dial()
	if err != nil {
		return err
	}
	defer client.Close()
	return inParallel(30, func(lane int) error {
		for i := range 10 * to.scale {
			ctx, cancel := context.WithCancel(context.Background())
			time.AfterFunc(time.Duration((lane+i)%7)*time.Millisecond, cancel)
			_, err := call(ctx, client, "Hang", make([]byte, lane*1000))
			cancel()
			if err := expectCode(err, codes.Canceled); err != nil {
				return err
			}
			if err := echo(client, "Later", 100); err != nil {
				return err
			}
		}
		return nil
	})
}
