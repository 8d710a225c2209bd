using Fairlead.Inference.Runtimes.Onnx.Format;
using Fairlead.TestModels;

namespace Fairlead.Inference.Tests.Runtimes.Onnx;

/// <summary>The committed models are what their generator writes, and answer as plain C# does.</summary>
public class TestModelTests
{
    public static TheoryData<string> Files => [.. Catalogue.All.Select(model => model.File)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Model_EachExample_AnswersWhatWasComputedWithoutIt(string file)
    {
        using var session = OnnxCall.Load(Catalogue.PathOf(file));

        foreach (var example in Catalogue.Get(file).Examples)
            session.ShouldAnswer(example);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void CommittedFile_EqualsWhatTheGeneratorWrites(string file)
    {
        foreach (var (path, content) in Catalogue.Get(file).Files())
            File.ReadAllBytes(Path.Combine(Catalogue.Folder, path)).ShouldBe(content, path);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void CommittedFile_IsSmall(string file) =>
        new FileInfo(Catalogue.PathOf(file)).Length.ShouldBeLessThan(10_000);

    [Theory]
    [MemberData(nameof(Files))]
    public void OnnxFile_ReadsEveryModel(string file)
    {
        var onnx = OnnxFile.Read(Catalogue.PathOf(file));

        onnx.Producer.ShouldBe("fairlead");
        onnx.Opsets.ShouldContainKey("");
        onnx.ExternalData.Select(part => part.Location)
            .ShouldBe(Catalogue.Get(file).Builder.ExternalFiles.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Folder_HoldsNothingElse()
    {
        var expected = Catalogue.All.SelectMany(model => model.Files()).Select(file => file.File).Append("README.md");
        var actual = Directory.EnumerateFiles(Catalogue.Folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Catalogue.Folder, file));

        actual.Order(StringComparer.Ordinal).ShouldBe(expected.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Readme_EqualsWhatTheGeneratorWrites() =>
        File.ReadAllText(Path.Combine(Catalogue.Folder, "README.md")).ShouldBe(Readme.Text());
}
