// Reads the files of deploy/ with the parsers of those who run them: BuildKit for Dockerfiles,
// compose-go for compose.yaml, the Kubernetes API types, strictly, for manifests. One TAP row a file.
//
//	check DEPLOY_DIR
package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"sigs.k8s.io/yaml"
)

func dockerfile(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	ast, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		return err
	}
	stages, _, err := instructions.Parse(ast.AST, nil)
	if err != nil {
		return err
	}
	if len(ast.Warnings) > 0 {
		return fmt.Errorf("%v", ast.Warnings[0].Short)
	}
	for _, command := range stages[len(stages)-1].Commands {
		if user, ok := command.(*instructions.UserCommand); ok && user.User != "root" && user.User != "0" {
			return nil
		}
	}
	return fmt.Errorf("the last stage runs as root")
}

func compose(path string) error {
	options, err := cli.NewProjectOptions([]string{path},
		cli.WithEnv([]string{"REDIS_PASSWORD=a", "S3_KEY_ID=b", "S3_SECRET=c"}), cli.WithInterpolation(true))
	if err != nil {
		return err
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return err
	}
	for _, name := range []string{"api", "worker", "mongo", "redis", "s3", "board"} {
		service, err := project.GetService(name)
		if err != nil {
			return err
		}
		if service.Build == nil {
			continue
		}
		file := filepath.Join(service.Build.Context, service.Build.Dockerfile)
		if _, err := os.Stat(file); err != nil {
			return err
		}
	}
	for _, name := range []string{"api", "worker"} {
		service, _ := project.GetService(name)
		if !service.ReadOnly {
			return fmt.Errorf("%s: the root is not read-only", name)
		}
	}
	return nil
}

// The type that each kind is decoded into; a field that the type does not have is an error.
func typeOf(apiVersion, kind string) any {
	switch apiVersion + "/" + kind {
	case "v1/Namespace":
		return &corev1.Namespace{}
	case "v1/Service":
		return &corev1.Service{}
	case "apps/v1/Deployment":
		return &appsv1.Deployment{}
	case "policy/v1/PodDisruptionBudget":
		return &policyv1.PodDisruptionBudget{}
	case "autoscaling/v2/HorizontalPodAutoscaler":
		return &autoscalingv2.HorizontalPodAutoscaler{}
	}
	return nil
}

func probed(d *appsv1.Deployment) error {
	for _, c := range d.Spec.Template.Spec.Containers {
		s := c.SecurityContext
		if s == nil || s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem {
			return fmt.Errorf("%s: the root is not read-only", c.Name)
		}
		if len(c.Ports) > 0 && (c.LivenessProbe == nil || c.ReadinessProbe == nil) {
			return fmt.Errorf("%s: has a port and no probes", c.Name)
		}
	}
	return nil
}

func kubernetes(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for i, part := range strings.Split(string(text), "\n---\n") {
		var head struct{ APIVersion, Kind string }
		if err := yaml.Unmarshal([]byte(part), &head); err != nil {
			return fmt.Errorf("document %d: %w", i+1, err)
		}
		object := typeOf(head.APIVersion, head.Kind)
		if object == nil {
			return fmt.Errorf("document %d: no type for %s %s", i+1, head.APIVersion, head.Kind)
		}
		if err := yaml.UnmarshalStrict([]byte(part), object); err != nil {
			return fmt.Errorf("%s: %w", head.Kind, err)
		}
		if d, ok := object.(*appsv1.Deployment); ok {
			if err := probed(d); err != nil {
				return err
			}
		}
	}
	return nil
}

func main() {
	dir := os.Args[1]
	rows := []struct {
		file  string
		check func(string) error
	}{
		{"Dockerfile", dockerfile}, {"bull-board/Dockerfile", dockerfile},
		{"compose.yaml", compose}, {"kubernetes/posecraft.yaml", kubernetes},
	}
	fmt.Printf("1..%d\n", len(rows))
	status := 0
	for i, row := range rows {
		if err := row.check(filepath.Join(dir, row.file)); err != nil {
			fmt.Printf("not ok %d - %s\n# %v\n", i+1, row.file, err)
			status = 1
			continue
		}
		fmt.Printf("ok %d - %s\n", i+1, row.file)
	}
	os.Exit(status)
}
