using System.Globalization;
using Fairlead.Inference.Runtimes.Onnx.Format;
using Fairlead.TestModels;

namespace Fairlead.Inference.Tests.Runtimes.Onnx;

/// <summary>What the library does to the process that it runs in, each time measured in a fresh one.</summary>
public sealed class OnnxProcessTests : IDisposable
{
    /// <summary>
    /// What 200 cycles of a model of 4 MB may add to the resident memory: less than a twentieth of what they would
    /// leave behind if each kept its weights.
    /// </summary>
    private const long AllowedGrowth = 24 * 1024 * 1024;

    private readonly ModelFolder _folder = new();

    private string Home => Directory.CreateDirectory(Path.Combine(_folder.Path, "home")).FullName;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Environment_LeavesNoFilesInTheHomeFolder()
    {
        await ChildProcess.RunAsync("run", Catalogue.PathOf("batch_mlp.onnx"), 1, Home);

        Directory.EnumerateFileSystemEntries(Home).ShouldBeEmpty();
    }

    /// <summary>Counter-proof of the test above: without our environment the library does leave files.</summary>
    [Fact]
    public async Task Library_WithoutOurEnvironment_LeavesFilesInTheHomeFolder()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the library keeps them somewhere else.");

        await ChildProcess.RunAsync("run-without-environment", Catalogue.PathOf("batch_mlp.onnx"), 1, Home);

        Directory.EnumerateFiles(Home, "*", SearchOption.AllDirectories).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Models_TwentyOfThem_HaveNoMoreThreadsThanOne()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads are counted in /proc.");
        var model = Catalogue.PathOf("batch_mlp.onnx");

        var one = await ChildProcess.RunAsync("threads", model, 1, Home);
        var twenty = await ChildProcess.RunAsync("threads", model, 20, Home);

        twenty.ShouldBe(one);
    }

    [Fact]
    public async Task Cycles_OfLoadingAndUnloading_KeepResidentMemoryFlat()
    {
        var model = new OnnxModelBuilder("wide");
        var graph = model.Graph.Input("x", ElementType.Float, "N", 64).Output("y", ElementType.Float, "N", 64);
        var wide = graph.Node("MatMul", ["x", graph.Initializer("up", new float[64 * 8192], 64, 8192)]);
        graph.Node("MatMul", [wide, graph.Initializer("down", new float[8192 * 64], 8192, 64)], "y");

        var output = await ChildProcess.RunAsync("cycles", _folder.Save(model), 200, Home);

        var resident = output.Split(' ').Select(text => long.Parse(text, CultureInfo.InvariantCulture)).ToList();
        (resident[1] - resident[0]).ShouldBeLessThan(AllowedGrowth, output);
    }
}
