using System.Collections.Immutable;
using Fairlead.Core.Controls;
using Fairlead.Core.Models;

namespace Fairlead.Core.Tests.Controls;

public sealed class ControlRulesTests
{
    private static readonly VersionId Version = new(ModelName.Parse("m"), 1);

    private static readonly Signature Signature = new(
        [
            new TensorSpec("amount", ElementType.Float32, [-1, 1]),
            new TensorSpec("country", ElementType.String, [-1]),
            new TensorSpec("others", ElementType.Float32, [-1, 2]) { Fields = ["age", "income"] },
            new TensorSpec("image", ElementType.UInt8, [-1, 8, 8]),
        ],
        [
            new TensorSpec("decision", ElementType.String, [-1]), new TensorSpec("score", ElementType.Float32, [-1, 1]),
            new TensorSpec("level", ElementType.UInt8, [-1]), new TensorSpec("classes", ElementType.Float32, [-1, 3]),
        ]);

    [Fact]
    public void Check_OfGoodAnswers_FindsNothing()
    {
        ControlRules.Check(ControlAnswer.None, "at").ShouldBeEmpty();
        ControlRules.Check(Constant(("score", ScalarValue.Of(0.5))), "at").ShouldBeEmpty();
        var rule = Rule("amount > 5000", "reject");
        ControlRules.Check(rule, "at").ShouldBeEmpty();
        ControlRules.CheckAgainst(rule, Version, Signature, "at").ShouldBeEmpty();
    }

    [Fact]
    public void Check_FindsEveryFaultWithItsPlace()
    {
        Faults(new ControlAnswer(ControlKind.None) { Outputs = Set(("y", ScalarValue.Of(1))) })
            .ShouldBe([("unexpected_outputs", "at.outputs")]);
        Faults(new ControlAnswer(ControlKind.Constant)).ShouldBe([("invalid_outputs", "at.outputs")]);
        Faults(new ControlAnswer(ControlKind.Rule) { Outputs = Set(("y", ScalarValue.Of(1))) })
            .ShouldBe([("invalid_rules", "at.rules")]);
        Faults(Constant(("y", ScalarValue.Of(1))) with { Rules = Rule("a", "b").Rules })
            .ShouldContain(("unexpected_rules", "at.rules"));
        Faults(Rule("amount > 1", "x") with { Outputs = Set(("other", ScalarValue.Of("x"))) })
            .ShouldBe([("other_outputs", "at.rules[0].then")]);
        Faults(Rule("amount > 1", "x") with { Outputs = Set(("decision", ScalarValue.Of(1))) })
            .ShouldBe([("wrong_type", "at.rules[0].then.decision")]);
    }

    [Theory]
    [InlineData("salary > 1", "unknown_field")]
    [InlineData("image > 1", "unknown_field")]
    [InlineData("others > 1", "unknown_field")]
    [InlineData("age > 1 and income is missing", null)]
    [InlineData("country > 1", "wrong_type")]
    [InlineData("amount == 'x'", "wrong_type")]
    public void CheckAgainst_AVersion_KnowsItsFields(string when, string? code) =>
        ControlRules.CheckAgainst(Rule(when, "x"), Version, Signature, "at").Select(fault => fault.Code)
            .ShouldBe(code is null ? [] : [code]);

    [Fact]
    public void CheckAgainst_AVersion_KnowsTheTypesOfItsOutputs()
    {
        Against("decision", ScalarValue.Of("x")).ShouldBeNull();
        Against("decision", ScalarValue.Of(1)).ShouldBe("The output 'decision' of m/1 is a BYTES, which 1 is not.");
        Against("score", ScalarValue.Of(0.5)).ShouldBeNull();
        Against("score", ScalarValue.Of(true))!.ShouldContain("is a FP32, which true is not");
        Against("level", ScalarValue.Of(255)).ShouldBeNull();
        Against("level", ScalarValue.Of(256))!.ShouldContain("is a UINT8");
        Against("level", ScalarValue.Of(0.5))!.ShouldContain("is a UINT8");
        Against("classes", ScalarValue.Of(1))!.ShouldContain("not one value a row");
        Against("its own", ScalarValue.Of(1)).ShouldBeNull();

        static string? Against(string output, ScalarValue value) => ControlRules
            .CheckAgainst(Constant((output, value)), Version, Signature, "at").SingleOrDefault()?.Message;
    }

    [Fact]
    public void OutputsOf_AreTheVersionsWhereItHasThem_AndElseOfTheValuesType()
    {
        var outputs = ControlRules.OutputsOf(
            Constant(("score", ScalarValue.Of(1)), ("whole", ScalarValue.Of(1)), ("part", ScalarValue.Of(0.5)),
                ("flag", ScalarValue.Of(true)), ("text", ScalarValue.Of("x"))), Signature);

        outputs.Select(output => (output.Name, output.Type, output.Shape.Length)).ShouldBe(
        [
            ("score", ElementType.Float32, 2), ("whole", ElementType.Int64, 1), ("part", ElementType.Float64, 1),
            ("flag", ElementType.Bool, 1), ("text", ElementType.String, 1),
        ]);
    }

    private static IEnumerable<(string, string?)> Faults(ControlAnswer answer) =>
        ControlRules.Check(answer, "at").Select(fault => (fault.Code, fault.Field));

    private static ControlAnswer Constant(params (string Output, ScalarValue Value)[] values) =>
        new(ControlKind.Constant) { Outputs = Set(values) };

    private static ControlAnswer Rule(string when, string decision) => new(ControlKind.Rule)
    {
        Rules = [new ControlRule(RowCondition.Parse(when), Set(("decision", ScalarValue.Of(decision))))],
        Outputs = Set(("decision", ScalarValue.Of("accept"))),
    };

    private static ImmutableArray<OutputValue> Set(params (string Output, ScalarValue Value)[] values) =>
        [.. values.Select(each => new OutputValue(each.Output, each.Value))];
}
