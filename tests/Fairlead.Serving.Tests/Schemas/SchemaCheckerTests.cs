using System.Collections.Immutable;
using System.Text;
using CsCheck;
using Fairlead.Core.Controls;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Core.Monitoring;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Schemas;

namespace Fairlead.Serving.Tests.Schemas;

/// <summary>What holds tensors to a schema says of every row what the rules of Core say of it.</summary>
public sealed class SchemaCheckerTests
{
    private static readonly string[] Texts =
        ["red", "blue", "größe", "", "1", "true", "a text of some length", new('ü', 200), "0.5"];

    private static readonly double[] Numbers =
        [0, -0.0, 1, 2.5, 0.5, -3, 1e300, double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    private static readonly Signature Signature = new(
        [
            new TensorSpec("double", ElementType.Float64, [-1, 1]),
            new TensorSpec("floats", ElementType.Float32, [-1, 2]) { Fields = ["left", "right"] },
            new TensorSpec("flag", ElementType.Bool, [-1]),
            new TensorSpec("text", ElementType.String, [-1, 1]),
            new TensorSpec("maybe", ElementType.Int64, [-1, 1]) { Optional = true },
            new TensorSpec("picture", ElementType.Float32, [-1, 40]),
        ], []);

    private static readonly string[] Columns = ["double", "left", "right", "flag", "text", "maybe", "picture"];

    [Fact]
    public void EveryRow_IsJudgedAsByTheRules() => Gen.Int.Sample(seed =>
    {
        var random = new Random(seed);
        var spec = Schema(random);
        var rows = random.Next(1, 5);
        using var inputs = TensorSet.Rent(Signature.Inputs.Length);
        var values = Fill(inputs, rows, random);
        var expected = values
            .SelectMany(row => SchemaRules.Check(spec.Data, row))
            .CountBy(finding => (finding.Column, finding.Fault))
            .OrderBy(pair => pair.Key.Column, StringComparer.Ordinal).ThenBy(pair => pair.Key.Fault)
            .Select(pair => (pair.Key.Column, pair.Key.Fault, (long)pair.Value)).ToList();

        var checker = SchemaChecker.Of(spec, Signature);
        var report = checker.Check(inputs, rows);

        Sorted(report?.Faults ?? []).ShouldBe(expected, $"seed {seed}: {report?.Sentence()}");
        Sorted(checker.Read()).ShouldBe(expected);
        (report is null).ShouldBe(expected.Count == 0);
        if (report is not null)
            Encoding.ASCII.GetString(Encoding.ASCII.GetBytes(report.Header())).ShouldBe(report.Header());
    }, iter: 2000, threads: 1);

    [Fact]
    public void AReport_SaysWhatIsWrong_AndIsBounded()
    {
        var columns = Enumerable.Range(0, 60).Select(i => new ColumnSchema($"größe {i}", ColumnKind.Number)
        {
            Required = true,
        });
        var spec = new SchemaSpec(
            SchemaMode.Warn, [new("text", ColumnKind.Category) { Categories = ["a"] }, .. columns]);
        using var inputs = TensorSet.Rent(Signature.Inputs.Length);
        Fill(inputs, 2, new Random(1));
        inputs[3].Reset(ElementType.String, [2, 1]);
        inputs[3].AddString("a"u8);
        inputs[3].AddString(Encoding.UTF8.GetBytes(new string('x', 500)));
        var checker = SchemaChecker.Of(spec, Signature);

        var report = checker.Check(inputs, 2).ShouldNotBeNull();

        report.Sentence().ShouldStartWith(
            "The request breaks the endpoint's schema: 'text' must be one of a and is 'xxx");
        report.Sentence().ShouldContain("…' in row 2; 'größe 0' must be a number and is nothing");
        report.Sentence().ShouldEndWith("and 51 faults more.");
        report.Header().ShouldStartWith("text=unknown_category:1, gr%C3%B6%C3%9Fe%200=missing:2");
        report.Header().ShouldEndWith("more=51");
        checker.Read().Count().ShouldBe(SchemaChecker.MostCounted + 1);
        checker.Read().Single(each => each.Column == SchemaChecker.Rest).Rows.ShouldBe(22);
    }

    private static List<(string, SchemaFault, long)> Sorted(
        IEnumerable<(string Column, SchemaFault Fault, long Rows)> faults) =>
        [.. faults.OrderBy(each => each.Column, StringComparer.Ordinal).ThenBy(each => each.Fault)];

    private static SchemaSpec Schema(Random random)
    {
        var columns = Columns.Where(_ => random.Next(4) > 0).Append("nowhere").Select(name => random.Next(3) switch
        {
            0 => new ColumnSchema(name, ColumnKind.Number)
            {
                Whole = random.Next(2) == 0,
                Min = random.Next(2) == 0 ? random.Next(-4, 2) : null,
                Max = random.Next(2) == 0 ? random.Next(1, 4) : null,
            },
            1 => new ColumnSchema(name, ColumnKind.Category)
            {
                Categories = random.Next(3) == 0
                    ? null
                    : [.. Texts.Where(text => text.Length > 0 && random.Next(2) == 0).DefaultIfEmpty("none")],
            },
            _ => new ColumnSchema(name, ColumnKind.Text)
            {
                Min = random.Next(2) == 0 ? random.Next(0, 4) : null,
                Max = random.Next(2) == 0 ? random.Next(4, 30) : null,
            },
        }).Select(column => column with { Required = random.Next(2) == 0 }).ToImmutableArray();
        return new SchemaSpec(SchemaMode.Count, columns) { OtherColumns = random.Next(2) == 0 };
    }

    /// <summary>Fills every tensor, and says which row holds what.</summary>
    private static List<Dictionary<string, ScalarValue?>> Fill(TensorSet inputs, int rows, Random random)
    {
        inputs[0].Reset(ElementType.Float64, [rows, 1]);
        inputs[1].Reset(ElementType.Float32, [rows, 2]);
        inputs[2].Reset(ElementType.Bool, [rows]);
        inputs[3].Reset(ElementType.String, [rows, 1]);
        inputs[5].Reset(ElementType.Float32, [rows, 40]);
        var hasMaybe = random.Next(2) == 0;
        if (hasMaybe)
            inputs[4].Reset(ElementType.Int64, [rows, 1]);
        var all = new List<Dictionary<string, ScalarValue?>>();
        for (var row = 0; row < rows; row++)
        {
            inputs[0].As<double>()[row] = Pick(Numbers, random);
            inputs[1].As<float>()[2 * row] = (float)Pick(Numbers, random);
            inputs[1].As<float>()[2 * row + 1] = (float)Pick(Numbers, random);
            inputs[2].As<byte>()[row] = (byte)random.Next(2);
            var text = Pick(Texts, random);
            inputs[3].AddString(Encoding.UTF8.GetBytes(text));
            if (hasMaybe)
                inputs[4].As<long>()[row] = random.Next(-5, 5);
            var brightness = (float)Pick([0, 0.5, 2, double.NaN], random);
            inputs[5].As<float>().Slice(40 * row, 40).Fill(brightness);
            all.Add(new Dictionary<string, ScalarValue?>
            {
                ["double"] = Number(inputs[0].As<double>()[row]),
                ["left"] = Number(inputs[1].As<float>()[2 * row]),
                ["right"] = Number(inputs[1].As<float>()[2 * row + 1]),
                ["flag"] = ScalarValue.Of(inputs[2].As<byte>()[row] > 0),
                ["text"] = text.Length == 0 ? null : ScalarValue.Of(text),
                ["maybe"] = hasMaybe ? ScalarValue.Of((double)inputs[4].As<long>()[row]) : null,
                ["picture"] = Number(brightness),
            });
        }

        return all;
    }

    private static ScalarValue? Number(double value) => double.IsNaN(value) ? null : ScalarValue.Of(value);

    private static T Pick<T>(T[] values, Random random) => values[random.Next(values.Length)];
}
