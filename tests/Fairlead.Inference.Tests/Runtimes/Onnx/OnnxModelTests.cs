using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Runtimes.Onnx;
using Fairlead.Inference.Runtimes.Onnx.Format;
using Fairlead.Inference.Tensors;
using Fairlead.TestModels;
using Microsoft.ML.OnnxRuntime;
using OnnxElement = Fairlead.Inference.Runtimes.Onnx.Format.ElementType;

namespace Fairlead.Inference.Tests.Runtimes.Onnx;

/// <summary>Every kind of model through our own tensors.</summary>
public class OnnxModelTests
{
    /// <summary>Their inputs are maps or sequences, which no protocol carries.</summary>
    private static readonly string[] Refused = ["structure_map_in.onnx", "structure_sequence_in.onnx"];

    public static TheoryData<string> Files =>
        [.. Catalogue.All.Select(model => model.File).Where(IsServed)];

    internal static bool IsServed(string file) => !Refused.Contains(file);

    public static TheoryData<string> RefusedFiles => [.. Refused];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Run_EachExampleInTurnManyTimes_AnswersWhatIsExpected(string file)
    {
        await using var model = OnnxModel.Load(Catalogue.PathOf(file));

        // The rounds go through all states of a binding: first run, outputs bound in advance, another shape.
        for (var round = 0; round < 4; round++)
        {
            foreach (var example in Catalogue.Get(file).Examples)
            {
                for (var again = 0; again <= round; again++)
                    await model.ShouldAnswerAsync(example);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Run_ByEightCallersAtOnce_GivesEachItsOwnAnswer(string file)
    {
        await using var model = OnnxModel.Load(Catalogue.PathOf(file));
        var examples = Catalogue.Get(file).Examples;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < 25; i++)
                await model.ShouldAnswerAsync(examples[(caller + i) % examples.Count]);
        })));
    }

    [Theory]
    [MemberData(nameof(RefusedFiles))]
    public void Load_InputThatIsNoTensor_IsRefusedWithItsName(string file) =>
        Should.Throw<ModelLoadException>(() => OnnxModel.Load(Catalogue.PathOf(file)))
            .Message.ShouldContain("only tensors can be taken as inputs");

    [Fact]
    public async Task Run_EightCallersWithDifferentShapes_GivesEachItsOwnRows()
    {
        await using var model = OnnxModel.Load(Catalogue.PathOf("text_echo.onnx"));
        await using var numbers = OnnxModel.Load(Catalogue.PathOf("linear_regressor.onnx"));

        await Task.WhenAll(Enumerable.Range(1, 8).Select(caller => Task.Run(async () =>
        {
            using var inputs = TensorSet.Rent(1);
            using var outputs = TensorSet.Rent(1);
            for (var i = 0; i < 300; i++)
            {
                var rows = ((caller + i) % 5) + (caller == 8 ? 0 : 1);
                string[] texts = [.. Enumerable.Range(0, rows).Select(row => $"{caller}/{i}/{row}")];
                inputs[0].Put(texts, rows, 1);
                await model.RunAsync(inputs, outputs, new RunControl());
                Enumerable.Range(0, rows).Select(row => System.Text.Encoding.UTF8.GetString(outputs[0].StringAt(row)))
                    .ShouldBe(texts);

                float[] x = [.. Enumerable.Range(0, rows * 3).Select(n => (float)(n + caller))];
                inputs[0].Put(x, rows, 3);
                await numbers.RunAsync(inputs, outputs, new RunControl());
                outputs[0].As<float>().ToArray()
                    .ShouldBe(x.Chunk(3).Select(row => 10 + (2 * row[0]) - row[1] + (0.5f * row[2])));
            }
        })));
    }

    [Fact]
    public async Task Run_OutputShapeThatDependsOnTheData_NeverGivesStaleRows()
    {
        await using var model = OnnxModel.Load(Catalogue.PathOf("shape_maybe_empty.onnx"));
        using var inputs = TensorSet.Rent(1);
        using var outputs = TensorSet.Rent(1);

        // Always four numbers in; the same shape out several times, so that it is bound, and then another one.
        foreach (var seed in Enumerable.Range(0, 200))
        {
            float[] x = [.. Enumerable.Range(0, 4).Select(i => ((seed / 5) >> i & 1) == 1 ? seed + i + 1f : -1f)];
            inputs[0].Put(x, 4);
            await model.RunAsync(inputs, outputs, new RunControl());
            outputs[0].As<float>().ToArray().ShouldBe(x.Where(v => v > 0));
            outputs[0].Shape.ToArray().ShouldBe([x.Count(v => v > 0)]);
        }
    }

    [Fact]
    public async Task Run_RangeOfAlternatingLength_IsAsLongAsAsked()
    {
        await using var model = OnnxModel.Load(Catalogue.PathOf("shape_range.onnx"));
        using var inputs = TensorSet.Rent(1);
        using var outputs = TensorSet.Rent(1);
        foreach (var count in new long[] { 5, 5, 5, 2, 2, 7, 7, 7, 0, 5 })
        {
            inputs[0].Put([count]);
            await model.RunAsync(inputs, outputs, new RunControl());
            outputs[0].As<long>().ToArray().ShouldBe(Enumerable.Range(0, (int)count).Select(n => (long)n));
        }
    }

    /// <summary>On this the binding relies: a wrong shape is an error, never an answer with rows left over.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public void Library_OutputBoundWithAWrongShape_Refuses(int length)
    {
        using var session = OnnxCall.Load(Catalogue.PathOf("shape_maybe_empty.onnx"));
        using var io = session.CreateIoBinding();
        using var options = new RunOptions();
        using var x = OrtValue.CreateTensorValueFromMemory(new float[] { 1, -1, 2 }, [3]);
        using var wrong = OrtValue.CreateTensorValueFromMemory(new float[length], [length]);
        io.BindInput("x", x);
        io.BindOutput("positive", wrong);

        Should.Throw<OnnxRuntimeException>(() => session.RunWithBinding(options, io))
            .Message.ShouldContain($"has shape {{{length}}} but the computed output shape for this run is {{2}}");
    }

    [Fact]
    public async Task Run_SequenceAndMapWithoutRows_HaveTheRanksAndTypesOfTheSignature()
    {
        foreach (var file in new[] { "pipeline_integer_labels.onnx", "structure_sequence_out.onnx" })
        {
            await using var model = OnnxModel.Load(Catalogue.PathOf(file));
            using var inputs = TensorSet.Rent(1);
            using var outputs = TensorSet.Rent(0);
            inputs[0].Put(Array.Empty<float>(), 0, model.Signature.Inputs[0].Shape[1]);
            try
            {
                await model.RunAsync(inputs, outputs, new RunControl());
            }
            catch (ModelRunException)
            {
                // Some models refuse to work on nothing; that is theirs to decide.
                continue;
            }

            for (var i = 0; i < outputs.Count; i++)
            {
                outputs[i].Type.ShouldBe(model.Signature.Outputs[i].Type, file);
                outputs[i].Rank.ShouldBe(model.Signature.Outputs[i].Shape.Length, file);
                outputs[i].ElementCount.ShouldBe(0, file);
            }
        }
    }

    [Fact]
    public async Task Run_WrongInputs_AreTheCallersFault()
    {
        await using var model = OnnxModel.Load(Catalogue.PathOf("linear_regressor.onnx"));
        await ShouldBeCallersFaultAsync(model, x => x.Put([1f, 2], 1, 2));
        await ShouldBeCallersFaultAsync(model, x => x.Put([1f, 2, 3], 3));
        await ShouldBeCallersFaultAsync(model, x => x.Put([1f]));
        await ShouldBeCallersFaultAsync(model, x => x.Put([1.0, 2, 3], 1, 3));
        await ShouldBeCallersFaultAsync(model, x => x.Put(["a", "b", "c"], 1, 3));
        await ShouldBeCallersFaultAsync(model, x => x.Clear());

        // After all of these the model still answers.
        foreach (var example in Catalogue.Get("linear_regressor.onnx").Examples)
            await model.ShouldAnswerAsync(example);

        await using var echo = OnnxModel.Load(Catalogue.PathOf("text_echo.onnx"));
        await ShouldBeCallersFaultAsync(echo, x => x.Reset(Core.Models.ElementType.String, [2, 1]));
        await using var lookup = OnnxModel.Load(Catalogue.PathOf("shape_lookup.onnx"));
        await ShouldBeCallersFaultAsync(lookup, x => x.Put([7L], 1));
    }

    [Fact]
    public async Task Run_FailureInsideTheModel_IsNotTheCallersFault()
    {
        await using var model = OnnxModel.Load(Catalogue.PathOf("batch_fixed_inside.onnx"));
        using var inputs = TensorSet.Rent(1);
        using var outputs = TensorSet.Rent(1);
        inputs[0].Put(new float[8], 2, 4);

        var failure = await Should.ThrowAsync<ModelRunException>(
            async () => await model.RunAsync(inputs, outputs, new RunControl()));
        failure.CallersFault.ShouldBeFalse();
        await model.ShouldAnswerAsync(Catalogue.Get("batch_fixed_inside.onnx").Examples[0]);
    }

    [Fact]
    public async Task Run_OutputThatIsTheInputItself_FollowsTheInput()
    {
        using var folder = new ModelFolder();
        var builder = new OnnxModelBuilder("pass");
        builder.Graph.Input("x", OnnxElement.Float, "N").Output("y", OnnxElement.Float, "N");
        builder.Graph.Node("Identity", ["x"], "y");
        await using var model = OnnxModel.Load(folder.Save(builder));
        using var inputs = TensorSet.Rent(1);
        using var outputs = TensorSet.Rent(1);
        for (var i = 0; i < 10; i++)
        {
            inputs[0].Put([i, i + 1f], 2);
            await model.RunAsync(inputs, outputs, new RunControl());
            outputs[0].As<float>().ToArray().ShouldBe([i, i + 1f]);
        }
    }

    [Fact]
    public async Task Run_ManyLargeInputsBetweenSmallOnes_StaysRight()
    {
        await using var model = OnnxModel.Load(Catalogue.PathOf("linear_regressor.onnx"));
        using var inputs = TensorSet.Rent(1);
        using var outputs = TensorSet.Rent(1);
        foreach (var rows in new[] { 1, 500_000, 1, 3, 500_000, 0, 1, 1 })
        {
            float[] x = [.. Enumerable.Range(0, rows * 3).Select(n => (float)(n % 7))];
            inputs[0].Put(x, rows, 3);
            await model.RunAsync(inputs, outputs, new RunControl());
            outputs[0].ElementCount.ShouldBe(rows);
            for (var row = 0; row < rows; row++)
                outputs[0].As<float>()[row].ShouldBe(10 + (2 * x[row * 3]) - x[(row * 3) + 1]
                    + (0.5f * x[(row * 3) + 2]));
        }
    }

    [Fact]
    public async Task Run_ShapesThatTakeTurns_AreBoundOnceEach()
    {
        await using var model = OnnxModel.Load(Catalogue.PathOf("linear_regressor.onnx"));
        using var inputs = TensorSet.Rent(1);
        using var outputs = TensorSet.Rent(1);
        for (var turn = 0; turn < 50; turn++)
        {
            foreach (var rows in new[] { 1, 8, 3, 32 })
            {
                inputs[0].Put(new float[rows * 3], rows, 3);
                await model.RunAsync(inputs, outputs, new RunControl());
            }
        }

        model.Rebinds.ShouldBe(4);
    }

    [Fact]
    public async Task Run_AnyNumberOfShapes_KeepsABoundedNumberAndMemory()
    {
        await using var model = OnnxModel.Load(Catalogue.PathOf("linear_regressor.onnx"));
        using var inputs = TensorSet.Rent(1);
        using var outputs = TensorSet.Rent(1);
        for (var rows = 1; rows <= 100; rows++)
        {
            inputs[0].Put(new float[rows * 10_000 * 3], rows * 10_000, 3);
            await model.RunAsync(inputs, outputs, new RunControl());
            model.IdleBytes.ShouldBeLessThanOrEqualTo(OnnxModel.KeptBytes);
        }

        for (var rows = 1; rows <= 2 * OnnxModel.KeptBindings; rows++)
        {
            inputs[0].Put(new float[rows * 3], rows, 3);
            await model.RunAsync(inputs, outputs, new RunControl());
        }

        // The last ones are known, the first ones had to make room.
        var before = model.Rebinds;
        foreach (var rows in new[] { 2 * OnnxModel.KeptBindings, OnnxModel.KeptBindings + 1, 1 })
        {
            inputs[0].Put(new float[rows * 3], rows, 3);
            await model.RunAsync(inputs, outputs, new RunControl());
        }

        (model.Rebinds - before).ShouldBe(1);
    }

    [Fact]
    public void Load_FieldNames_AreReadWhereTheyAreAList()
    {
        using var folder = new ModelFolder();
        Fields(folder, "fairlead.fields.x", "[\"a\",\"b\"]").ShouldBe(["a", "b"]);
        Fields(folder, "feature_names", "[\"a\",\"b\"]").ShouldBe(["a", "b"]);
        Fields(folder, "feature_names", "a b").ShouldBeEmpty();
        Should.Throw<ModelLoadException>(() => Fields(folder, "fairlead.fields.x", "a b"));
        Should.Throw<ModelLoadException>(() => Fields(folder, "fairlead.fields.x", "[null,\"b\"]"));
        Should.Throw<ModelLoadException>(() => Fields(folder, "fairlead.fields.x", "null"));
    }

    private static string[] Fields(ModelFolder folder, string key, string json)
    {
        var builder = new OnnxModelBuilder("fields").Metadata(key, json);
        builder.Graph.Input("x", OnnxElement.Float, "N", 2).Output("y", OnnxElement.Float, "N", 2)
            .Node("Neg", ["x"], "y");
        var model = OnnxModel.Load(folder.Save(builder));
        return [.. model.Signature.Inputs[0].Fields];
    }

    private static async Task ShouldBeCallersFaultAsync(OnnxModel model, Action<Inference.Tensors.Tensor> put)
    {
        using var inputs = TensorSet.Rent(1);
        using var outputs = TensorSet.Rent(1);
        put(inputs[0]);
        var failure = await Should.ThrowAsync<ModelRunException>(
            async () => await model.RunAsync(inputs, outputs, new RunControl()));
        failure.CallersFault.ShouldBeTrue(failure.Message);
    }
}
