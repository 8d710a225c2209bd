using Fairlead.Inference.Runtimes.Onnx.Format;

namespace Fairlead.Inference.Tests.Runtimes.Onnx;

public class OnnxModelBuilderTests
{
    [Fact]
    public void Graph_ValueDefinedTwice_IsRefused()
    {
        var graph = new OnnxModelBuilder("m").Graph.Input("x", ElementType.Float);

        Should.Throw<ArgumentException>(() => graph.Node("Neg", ["x"], "x")).Message.ShouldContain("'x' twice");
    }

    [Fact]
    public void Graph_AttributeSetTwice_IsRefused()
    {
        var node = new OnnxModelBuilder("m").Graph.Node("Concat", []).With("axis", 1);

        Should.Throw<ArgumentException>(() => node.With("axis", 2)).Message.ShouldContain("'axis' already");
    }

    [Fact]
    public void Tensor_LengthThatDoesNotFitTheShape_IsRefused()
    {
        Should.Throw<ArgumentException>(() => OnnxTensor.Create<float>("w", [1, 2, 3], 2, 2));
        Should.Throw<ArgumentException>(() => OnnxTensor.CreateStrings("w", ["a"], 2));
        Should.Throw<ArgumentException>(() => OnnxTensor.CreateRaw("w", ElementType.Uint4, [1], 3));
        OnnxTensor.CreateRaw("w", ElementType.Uint4, [1, 2], 3).RawData.Length.ShouldBe(2);
    }

    [Fact]
    public void ExternalInitializers_ShareAFileAtAlignedOffsets()
    {
        var model = new OnnxModelBuilder("m");
        model.Graph.ExternalInitializer<byte>("w.bin", "a", [1, 2, 3], 3);
        model.Graph.ExternalInitializer<byte>("w.bin", "b", [4], 1);

        var file = model.ExternalFiles["w.bin"];
        file.Length.ShouldBe(65);
        file[64].ShouldBe((byte)4);
    }

    [Fact]
    public void Save_WritesTheModelAndItsExternalFiles()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var model = new OnnxModelBuilder("m");
            model.Graph.ExternalInitializer<byte>("data/w.bin", "w", [7], 1);
            var path = Path.Combine(folder.FullName, "new", "model.onnx");

            model.Save(path);

            File.ReadAllBytes(Path.Combine(folder.FullName, "new", "data", "w.bin")).ShouldBe([7]);
            OnnxFile.Read(path).ExternalData.ShouldBe([new ExternalDataFile("data/w.bin", 1)]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.3)]
    [InlineData(-0.1)]
    [InlineData(16777217.0)]
    [InlineData(0.5)]
    [InlineData(0.0)]
    [InlineData(1e300)]
    public void RoundDown_AnyThreshold_DecidesAsTheDoubleDid(double threshold)
    {
        var rounded = OnnxTreeEnsemble.RoundDown(threshold);

        ((double)rounded).ShouldBeLessThanOrEqualTo(threshold);
        foreach (var x in new[] { float.BitDecrement(rounded), rounded, float.BitIncrement(rounded) })
            (x <= rounded).ShouldBe(x <= threshold);
    }
}
