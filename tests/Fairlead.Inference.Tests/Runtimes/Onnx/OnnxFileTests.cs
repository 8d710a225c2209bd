using System.Text;
using CsCheck;
using Fairlead.Inference.Runtimes.Onnx.Format;
using Fairlead.TestModels;

namespace Fairlead.Inference.Tests.Runtimes.Onnx;

public class OnnxFileTests
{
    [Fact]
    public void Read_ExternalModel_ListsEachFileWithTheLengthItNeeds()
    {
        var file = OnnxFile.Read(Catalogue.PathOf("external/model.onnx"));

        file.ExternalData.ShouldBe([new ExternalDataFile("weights.bin", 76)]);
        file.Metadata.ShouldBe(new Dictionary<string, string> { ["weights"] = "in weights.bin" });
        file.IrVersion.ShouldBe(10);
        file.Opsets.ShouldBe(new Dictionary<string, long> { [""] = 21 });
    }

    [Fact]
    public void Read_ExternalDataInsideASubgraph_IsListed()
    {
        var model = new OnnxModelBuilder("nested");
        var branch = model.Graph.Subgraph("branch");
        branch.ExternalInitializer<float>("deep/weights.bin", "w", [1, 2], 2);
        model.Graph.Node("If", ["condition"], "y").With("then_branch", branch).With("else_branch", branch);

        Read(model.ToArray()).ExternalData.ShouldBe([new ExternalDataFile("deep/weights.bin", 8)]);
    }

    [Fact]
    public void Read_LocationWithDotParts_IsTheSameFile() =>
        Read(WithExternal(("location", "./a/./w.bin"))).ExternalData.ShouldBe([new ExternalDataFile("a/w.bin", 0)]);

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("/etc/passwd")]
    [InlineData("../weights.bin")]
    [InlineData("a/../../weights.bin")]
    [InlineData("a/..")]
    [InlineData("C:/weights.bin")]
    [InlineData("C:weights.bin")]
    [InlineData("file:///weights.bin")]
    [InlineData("..\\weights.bin")]
    [InlineData("\\\\server\\weights.bin")]
    [InlineData("a//b")]
    [InlineData("weights.bin\0.txt")]
    [InlineData("*/_ORT_MEM_ADDR_/*")]
    public void Read_LocationThatMayLeadOutside_IsRefused(string location)
    {
        var error = Should.Throw<InvalidDataException>(() => Read(WithExternal(("location", location))));

        error.Message.ShouldStartWith($"'model.onnx' keeps tensor 'w' in '{location}', which ");
        Should.Throw<ArgumentException>(
            () => new OnnxModelBuilder("m").Graph.ExternalInitializer<float>(location, "w", [1], 1));
    }

    [Theory]
    [InlineData("offset", "-1")]
    [InlineData("offset", "1e3")]
    [InlineData("length", "99999999999999999999")]
    [InlineData("length", "")]
    public void Read_ExternalDataWithABadNumber_IsRefused(string key, string value)
    {
        var error = Should.Throw<InvalidDataException>(
            () => Read(WithExternal(("location", "w.bin"), (key, value))));

        error.Message.ShouldBe($"'model.onnx' gives tensor 'w' the {key} '{value}', which is not a number.");
    }

    [Fact]
    public void Read_ExternalDataPastAnyFile_IsRefused() =>
        Should.Throw<InvalidDataException>(() => Read(WithExternal(
            ("location", "w.bin"), ("offset", $"{long.MaxValue}"), ("length", "1"))));

    [Fact]
    public void Read_ExternalDataWithoutLocation_IsRefused() =>
        Should.Throw<InvalidDataException>(() => Read(WithExternal(("offset", "0")))).Message
            .ShouldBe("'model.onnx' does not say in which file the data of tensor 'w' is.");

    [Theory]
    [InlineData("", "has no graph")]
    [InlineData("not a model", "is not an ONNX model")]
    [InlineData("<html><body>404</body></html>", "is not an ONNX model")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n", "is not an ONNX model")]
    public void Read_OtherContent_IsRefusedByName(string content, string why)
    {
        var error = Should.Throw<InvalidDataException>(() => Read(Encoding.UTF8.GetBytes(content)));

        error.Message.ShouldStartWith("'model.onnx' ");
        error.Message.ShouldContain(why);
    }

    [Fact]
    public void Read_MissingFile_StaysAnIOException() =>
        Should.Throw<FileNotFoundException>(() => OnnxFile.Read(Path.Combine(Catalogue.Folder, "nowhere.onnx")));

    [Fact]
    public void Read_DeeplyNestedGraphs_AreRefused()
    {
        byte[] graph = [];
        for (var depth = 0; depth < 2_000; depth++)
            graph = Field(1, Field(5, Field(6, graph)));

        Should.Throw<InvalidDataException>(() => Read(Field(7, graph)));
    }

    [Fact]
    public void Read_EveryTruncation_ReadsOrIsRefused()
    {
        foreach (var model in Catalogue.All)
        {
            var bytes = model.Builder.ToArray();
            for (var length = 0; length < bytes.Length; length++)
                ReadOrRefuse(bytes[..length]);
        }
    }

    [Fact]
    public void Read_RandomBytes_ReadsOrIsRefused() =>
        Gen.Byte.Array[0, 400].Sample(ReadOrRefuse, iter: 20_000);

    [Fact]
    public void Read_ModelWithChangedBytes_ReadsOrIsRefused() =>
        Gen.Select(Gen.Int[0, Catalogue.All.Count - 1], Gen.Select(Gen.Int[0, 10_000], Gen.Byte).Array[1, 8])
            .Sample(
                (model, changes) =>
                {
                    var bytes = Catalogue.All[model].Builder.ToArray();
                    foreach (var (place, value) in changes)
                        bytes[place % bytes.Length] = value;

                    ReadOrRefuse(bytes);
                },
                iter: 5_000,
                threads: 1);

    [Fact]
    public void Read_NonSeekableStreamInSmallPieces_ReadsTheSame()
    {
        var bytes = Catalogue.Get("external/model.onnx").Builder.ToArray();

        OnnxFile.Read(new Trickle(bytes), "model.onnx").ExternalData.ShouldBe(Read(bytes).ExternalData);
    }

    [Fact]
    public void Read_LargeWeights_AreSkippedInLittleMemory()
    {
        var model = new OnnxModelBuilder("large");
        model.Graph.Initializer("w", new byte[50_000_000], 50_000_000);
        using var stream = new MemoryStream(model.ToArray());

        var before = GC.GetAllocatedBytesForCurrentThread();
        OnnxFile.Read(stream, "large.onnx");

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100_000);
    }

    private static OnnxFile Read(byte[] bytes) => OnnxFile.Read(new MemoryStream(bytes), "model.onnx");

    /// <summary>Anything else that is thrown fails the test.</summary>
    private static void ReadOrRefuse(byte[] bytes)
    {
        try
        {
            var file = Read(bytes);
            file.IrVersion.ShouldBeGreaterThan(0);
        }
        catch (InvalidDataException e)
        {
            e.Message.ShouldStartWith("'model.onnx' ");
        }
    }

    private static byte[] WithExternal(params (string Key, string Value)[] entries)
    {
        var model = new OnnxModelBuilder("m");
        var tensor = new TensorProto { Name = "w", DataType = ElementType.Float, DataLocation = DataLocation.External };
        foreach (var (key, value) in entries)
            tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });

        model.Graph.Initializer(tensor);
        return model.ToArray();
    }

    /// <summary>A length-delimited protobuf field.</summary>
    private static byte[] Field(int number, byte[] content)
    {
        List<byte> bytes = [(byte)((number << 3) | 2)];
        var length = (uint)content.Length;
        for (; length > 0x7f; length >>= 7)
            bytes.Add((byte)(length | 0x80));

        return [.. bytes, (byte)length, .. content];
    }

    /// <summary>Gives out one byte at a time and cannot seek.</summary>
    private sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1));

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 1)]);
    }
}
