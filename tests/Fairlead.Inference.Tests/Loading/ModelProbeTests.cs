using System.Text;
using Fairlead.Inference.Loading;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Tests.Runtimes.Onnx;
using Fairlead.TestModels;

namespace Fairlead.Inference.Tests.Loading;

public class ModelProbeTests
{
    public static TheoryData<string> Files => OnnxModelTests.Files;

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Examine_EachModel_JudgesBatchingRightlyAndSaysWhy(string file)
    {
        var report = await ModelProbe.ExamineAsync(Catalogue.PathOf(file));

        if (Catalogue.Get(file).Batchable is { } batchable)
            report.Batchable.ShouldBe(batchable, report.NotBatchableBecause);
        if (report.Batchable)
            report.NotBatchableBecause.ShouldBeNull();
        else
            report.NotBatchableBecause.ShouldNotBeNullOrWhiteSpace();
        report.ResidentBytes.ShouldBeGreaterThanOrEqualTo(0);
        report.LoadMilliseconds.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("batch_fixed.onnx", "the first dimension of input 'x' is fixed")]
    [InlineData("batch_cumulative.onnx", "output 'y' answers a row differently alone and in a batch")]
    [InlineData("text_stop_words.onnx", "the first dimension of 'words' is called 'words' but that of 'kept'")]
    [InlineData("control_loop.onnx", "input 'iterations' has no dimensions")]
    [InlineData("structure_sequence_out.onnx", "output 'parts' is a sequence")]
    [InlineData("shape_no_inputs.onnx", "the first dimension of output 'answer' is fixed")]
    [InlineData("batch_fixed_inside.onnx", "the first dimension of output 'y' is fixed")]
    public async Task Examine_ModelThatCannotBeBatched_NamesTheReason(string file, string reason)
    {
        var report = await ModelProbe.ExamineAsync(Catalogue.PathOf(file));

        report.NotBatchableBecause!.ShouldStartWith(reason, Case.Sensitive);
    }

    [Fact]
    public async Task Examine_BrokenFiles_AreRefusedAsModels()
    {
        using var folder = new ModelFolder();
        var good = await File.ReadAllBytesAsync(Catalogue.PathOf("batch_mlp.onnx"));
        List<byte[]> broken = [[], [0], Encoding.UTF8.GetBytes("not a model"), new byte[1000],
            good[..(good.Length / 2)]];
        foreach (var bytes in broken)
            await Should.ThrowAsync<ModelLoadException>(() => ModelProbe.ExamineAsync(folder.Save(bytes)));

        var missing = await Should.ThrowAsync<ModelLoadException>(
            () => ModelProbe.ExamineAsync(Path.Combine(folder.Path, "missing.onnx")));
        missing.Message.ShouldContain("missing.onnx");

        // External data that is not there.
        await Should.ThrowAsync<ModelLoadException>(() => ModelProbe.ExamineAsync(
            folder.Save(File.ReadAllBytes(Catalogue.PathOf("external/model.onnx")))));
    }
}
