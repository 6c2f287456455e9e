package qtasks_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"testing"
)

func TestTheExampleOfTheReadmeRuns(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("examples/sum/main.go")
	must(t, err)
	readme, err := os.ReadFile("README.md")
	must(t, err)
	if !strings.Contains(string(readme), "```go\n"+string(source)+"```") {
		t.Error("README.md does not have examples/sum/main.go as it is")
	}
	example := exec.Command("go", "run", "./examples/sum")
	example.Env = append(os.Environ(), "QTASKS_ADDRESS="+sharedServer(t).address)
	output, err := example.CombinedOutput()
	if err != nil || string(output) != "3 <nil>\n" {
		t.Errorf("the example gave %q, %v", output, err)
	}
}

func TestEverythingPublicIsDocumented(t *testing.T) {
	t.Parallel()
	files := token.NewFileSet()
	isSource := func(file fs.FileInfo) bool { return !strings.HasSuffix(file.Name(), "_test.go") }
	packages, err := parser.ParseDir(files, ".", isSource, parser.ParseComments)
	must(t, err)
	var sources []*ast.File
	for _, file := range packages["qtasks"].Files {
		sources = append(sources, file)
	}
	documented, err := doc.NewFromFiles(files, sources, "github.com/qtasks/qtasks/clients/go")
	must(t, err)
	for _, function := range documented.Funcs {
		checkDoc(t, function.Name, function.Doc)
	}
	for _, value := range append(documented.Consts, documented.Vars...) {
		checkDoc(t, strings.Join(value.Names, ", "), value.Doc)
	}
	for _, typ := range documented.Types {
		checkDoc(t, typ.Name, typ.Doc)
		for _, function := range append(typ.Funcs, typ.Methods...) {
			checkDoc(t, typ.Name+"."+function.Name, function.Doc)
		}
	}
}

func checkDoc(t *testing.T, name, text string) {
	t.Helper()
	if strings.TrimSpace(text) == "" {
		t.Errorf("%s has no doc comment", name)
	}
}
