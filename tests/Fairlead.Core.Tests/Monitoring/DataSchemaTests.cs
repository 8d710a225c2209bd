using Fairlead.Core.Controls;
using Fairlead.Core.Monitoring;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Core.Tests.Monitoring;

public sealed class DataSchemaTests
{
    private static readonly Dictionary<string, ColumnEvidence> Reference = new()
    {
        ["age"] = ColumnEvidence.OfNumbers([.. Enumerable.Range(0, 200).Select(i => 18.0 + i % 60)]),
        ["rate"] = ColumnEvidence.OfNumbers(
            [.. Enumerable.Range(0, 200).Select(i => i % 10 == 0 ? double.NaN : i / 300.0)]),
        ["color"] = ColumnEvidence.OfCategories([.. Enumerable.Range(0, 200).Select(i => i % 2 == 0 ? "red" : "blue")]),
        ["note"] = ColumnEvidence.OfTexts([.. Enumerable.Range(0, 200).Select(i => new string('x', 5 + i % 10))]),
    };

    private static readonly DataSchema Schema = SchemaInference.Of(Reference);

    [Fact]
    public void ASchema_IsInferredFromAReference_SomewhatWiderThanIt()
    {
        var columns = Schema.Columns.ToDictionary(column => column.Name);
        (columns["age"].Kind, columns["age"].Whole, columns["age"].Min, columns["age"].Max, columns["age"].Required)
            .ShouldBe((ColumnKind.Number, true, 12.0, 83.0, true));
        (columns["rate"].Min, columns["rate"].Whole, columns["rate"].Required).ShouldBe((0.0, false, false));
        columns["rate"].MaxMissingShare.ShouldBe(0.16, 1e-12);
        columns["color"].Categories.ShouldBe(["blue", "red"]);
        (columns["note"].Kind, columns["note"].Min, columns["note"].Max).ShouldBe((ColumnKind.Text, 4.0, 15.0));
        SchemaRules.Check(Schema).ShouldBeEmpty();
    }

    [Fact]
    public void TheSketchOfAReference_GivesTheSameSchema()
    {
        var (age, color) = (new ColumnSketch(1), new ColumnSketch(2));
        for (var i = 0; i < 200; i++)
        {
            age.Add(18 + i % 60);
            color.AddCategory(i % 2 == 0 ? "red" : "blue");
        }

        var schema = SchemaInference.Of(new Dictionary<string, ColumnEvidence>
        {
            ["age"] = ColumnEvidence.Of(age, ColumnKind.Number),
            ["color"] = ColumnEvidence.Of(color, ColumnKind.Category),
        });
        schema.Columns[0].ShouldBe(Schema.Columns[0]);
        schema.Columns[1].Categories.ShouldBe(Schema.Columns[2].Categories);
    }

    [Fact]
    public void ARow_IsHeldToEveryColumn()
    {
        SchemaRules.Check(Schema, Row(30, 0.5, "red", "xxxxxx")).ShouldBeEmpty();
        var row = Row(30.5, 7, "green", "");
        row["more"] = ScalarValue.Of(1);
        var findings = SchemaRules.Check(Schema, row);
        findings.Select(finding => (finding.Column, finding.Fault)).ShouldBe(
        [
            ("age", SchemaFault.NotWhole), ("rate", SchemaFault.AboveRange), ("color", SchemaFault.UnknownCategory),
            ("note", SchemaFault.BelowRange), ("more", SchemaFault.UnknownColumn),
        ]);
        findings[2].Sentence.ShouldBe("'color' must be one of blue, red and is 'green'");

        var bare = new Dictionary<string, ScalarValue?> { ["age"] = null, ["color"] = ScalarValue.Of(2) };
        SchemaRules.Check(Schema, bare)
            .Select(finding => (finding.Column, finding.Fault)).ShouldBe(
            [
                ("age", SchemaFault.Missing), ("color", SchemaFault.UnknownCategory), ("note", SchemaFault.Missing),
            ]);
        SchemaRules.Check(Schema with { OtherColumns = true }, row).Count.ShouldBe(4);
    }

    [Fact]
    public void OnlyRejecting_RefusesARow()
    {
        var findings = SchemaRules.Check(Schema, Row(30, 0.5, "green", "xxxxxx"));
        SchemaRules.Decide(SchemaMode.Count, findings).ShouldBeNull();
        SchemaRules.Decide(SchemaMode.Warn, findings).ShouldBeNull();
        var refusal = SchemaRules.Decide(SchemaMode.Reject, findings).ShouldNotBeNull();
        (refusal.Code, refusal.Field).ShouldBe(("schema_broken", "color"));
        SchemaRules.Decide(SchemaMode.Reject, []).ShouldBeNull();
    }

    [Fact]
    public void AWindow_IsHeldToSharesAndDistances()
    {
        var window = new Dictionary<string, ColumnEvidence>(Reference)
        {
            ["age"] = ColumnEvidence.OfNumbers([.. Enumerable.Range(0, 100).Select(i => i == 0 ? 300.0 : 20)]),
            ["rate"] = ColumnEvidence.OfNumbers(
            [
                .. Enumerable.Repeat(double.NaN, 30), .. Enumerable.Repeat(0.1, 69), double.PositiveInfinity,
            ]),
            ["color"] = ColumnEvidence.OfCategories(
                [.. Enumerable.Repeat("red", 60), .. Enumerable.Repeat("green", 40)]),
        };
        var schema = Schema with
        {
            Columns =
            [
                .. Schema.Columns.Select(column => column.Name == "color"
                    ? column with { MaxLInfinity = 0.3, MaxJensenShannon = 0.9 }
                    : column),
            ],
        };

        var findings = SchemaWindow.Check(schema, window, Reference, 50, out var undecided);
        undecided.ShouldBeEmpty();
        findings.Select(finding => (finding.Column, finding.Fault, Math.Round(finding.Share, 4))).ShouldBe(
        [
            ("age", SchemaFault.AboveRange, 0.01), ("rate", SchemaFault.Missing, 0.3),
            ("rate", SchemaFault.NotFinite, 0.0143), ("color", SchemaFault.UnknownCategory, 0.4),
            ("color", SchemaFault.TooFar, 0.5),
        ]);
        SchemaWindow.Check(Schema, Reference, Reference, 50, out _).ShouldBeEmpty();
    }

    [Fact]
    public void AWindowWithFewRows_IsUndecided_AndAColumnThatIsGoneIsTold()
    {
        var window = new Dictionary<string, ColumnEvidence>
        {
            ["age"] = ColumnEvidence.OfNumbers([1000, 2000]),
            ["strange"] = ColumnEvidence.OfNumbers([1]),
        };
        var findings = SchemaWindow.Check(Schema, window, Reference, 50, out var undecided);
        undecided.ShouldBe(["age"]);
        findings.Select(finding => (finding.Column, finding.Fault)).ShouldBe(
        [
            ("rate", SchemaFault.Missing), ("color", SchemaFault.Missing), ("note", SchemaFault.Missing),
            ("strange", SchemaFault.UnknownColumn),
        ]);
    }

    [Fact]
    public void ASchemaThatContradictsItselfOrChecksNothing_IsRefused()
    {
        SchemaRules.Check(new DataSchema([])).Single().Message.ShouldContain("would check nothing");
        SchemaRules.Check(new DataSchema(
        [
            new("a", ColumnKind.Number) { Min = 2, Max = 1 },
            new("a", ColumnKind.Number) { Categories = ["x"] },
            new("b", ColumnKind.Category) { Min = 1, Categories = [] },
            new("c", ColumnKind.Text) { MaxMissingShare = double.NaN },
        ])).Select(refusal => refusal.Field).ShouldBe(
        [
            "columns[0].min", "columns[1].name", "columns[1].categories", "columns[2].min", "columns[2].categories",
            "columns[3]",
        ]);
    }

    private static Dictionary<string, ScalarValue?> Row(double age, double rate, string color, string note) => new()
    {
        ["age"] = ScalarValue.Of(age),
        ["rate"] = ScalarValue.Of(rate),
        ["color"] = ScalarValue.Of(color),
        ["note"] = ScalarValue.Of(note),
    };
}
