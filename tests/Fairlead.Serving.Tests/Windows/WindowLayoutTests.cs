using System.Collections.Immutable;
using Fairlead.Core.Models;
using Fairlead.Serving.Windows;

namespace Fairlead.Serving.Tests.Windows;

/// <summary>Which columns of a version are kept.</summary>
public sealed class WindowLayoutTests
{
    [Fact]
    public void Columns_AreNamedByTensorFieldOrPlace_AndWideOnesAreKeptAsTheirMean()
    {
        var layout = WindowLayout.Of(
            [
                new TensorSpec("age", ElementType.Float32, [-1, 1]),
                new TensorSpec("scalar", ElementType.Int64, []),
                new TensorSpec("form", ElementType.Float32, [-1, 2]) { Fields = ["height", "weight"] },
                new TensorSpec("pair", ElementType.Float64, [-1, 2]),
                new TensorSpec("picture", ElementType.Float32, [-1, 3, 112, 112]),
                new TensorSpec("words", ElementType.Float32, [-1, -1]),
            ],
            [
                new TensorSpec("label", ElementType.String, [-1]),
                new TensorSpec("scores", ElementType.Float32, [-1, 3]),
            ]);

        layout.Columns.Select(column => (column.Name, column.IsOutput, column.Tensor, column.Element, column.Kind))
            .ShouldBe(
            [
                ("age", false, 0, 0, WindowColumnKind.Number), ("scalar", false, 1, 0, WindowColumnKind.Number),
                ("height", false, 2, 0, WindowColumnKind.Number), ("weight", false, 2, 1, WindowColumnKind.Number),
                ("pair[0]", false, 3, 0, WindowColumnKind.Number), ("pair[1]", false, 3, 1, WindowColumnKind.Number),
                ("picture", false, 4, 0, WindowColumnKind.Mean), ("words", false, 5, 0, WindowColumnKind.Mean),
                ("label", true, 0, 0, WindowColumnKind.Text), ("scores[0]", true, 1, 0, WindowColumnKind.Number),
                ("scores[1]", true, 1, 1, WindowColumnKind.Number), ("scores[2]", true, 1, 2, WindowColumnKind.Number),
            ]);
        layout.ScoresTensor.ShouldBe(1);
        layout.LeftOut.ShouldBeEmpty();
    }

    [Fact]
    public void Columns_BeyondTheBoundAndWideTexts_AreLeftOutByName()
    {
        var many = Enumerable.Range(0, WindowLayout.MostColumns + 3)
            .Select(i => new TensorSpec($"x{i}", ElementType.Float32, [-1])).ToImmutableArray();

        var layout = WindowLayout.Of(
            [new TensorSpec("texts", ElementType.String, [-1, 500]), .. many],
            [new TensorSpec("y", ElementType.Float32, [-1])]);

        layout.Columns.Length.ShouldBe(WindowLayout.MostColumns);
        layout.LeftOut.ShouldBe(
            ["texts", $"x{WindowLayout.MostColumns}", $"x{WindowLayout.MostColumns + 1}",
                $"x{WindowLayout.MostColumns + 2}", "y"]);
        layout.ScoresTensor.ShouldBe(-1);
    }
}
