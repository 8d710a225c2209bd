using System.Text.RegularExpressions;
using Fairlead.Fuzz;

namespace Fairlead.Serving.Tests;

/// <summary>Every reader of untrusted bytes survives a while of broken input, the same on every run.</summary>
public sealed partial class FuzzTests
{
    /// <summary>As many as the slowest target breaks in a second or two; the long search is the fuzzer's.</summary>
    private const int Inputs = 1500;

    public static TheoryData<string> Targets => [.. FuzzTarget.All.Select(target => target.Name)];

    /// <summary>
    /// Decoders are known by their names; a new one without a target fails here, and so does a target that names a type
    /// which is none of ours.
    /// </summary>
    [Fact]
    public void Every_decoder_has_a_target()
    {
        var covered = FuzzTarget.All.SelectMany(target => target.Covers).ToHashSet();
        var decoders = covered.Select(type => type.Assembly).Distinct()
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => !type.IsInterface && !type.IsNested && Decoder().IsMatch(type.Name))

            // What is called a query there is a verb.
            .Where(type => type.Namespace?.StartsWith("Fairlead.Cli.Verbs") != true)
            .ToList();

        decoders.Count.ShouldBeGreaterThan(8);
        decoders.Except(covered).Select(type => type.FullName).ShouldBeEmpty();
        covered.ShouldAllBe(type => type.Namespace!.StartsWith("Fairlead."));
    }

    [GeneratedRegex(
        "(Codec|Reader|Scanner|Cursor|Documents|OnnxFile|Header|Token|Query|Answers|(Json|Csv|Parquet|Argument)Rows)$"
        + "|^Written")]
    private static partial Regex Decoder();

    [Theory]
    [MemberData(nameof(Targets))]
    public void A_target_refuses_what_it_cannot_read(string name)
    {
        var target = FuzzTarget.All.Single(target => target.Name == name);
        foreach (var seed in target.Seeds)
            target.Run(seed);

        var mutation = new Mutation(seed: 1, target.Seeds);
        for (var input = 0; input < Inputs; input++)
        {
            var data = mutation.Next();
            try
            {
                target.Run(data);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"{name} failed on {Convert.ToBase64String(data)}", e);
            }
        }
    }
}
