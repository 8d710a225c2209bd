using System.Diagnostics;
using Fairlead.Fuzz;

namespace Fairlead.Serving.Tests;

/// <summary>Every reader of untrusted bytes survives some seconds of broken input, the same on every run.</summary>
public sealed class FuzzTests
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);

    public static TheoryData<string> Targets => [.. FuzzTarget.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void A_target_refuses_what_it_cannot_read(string name)
    {
        var target = FuzzTarget.All.Single(target => target.Name == name);
        foreach (var seed in target.Seeds)
            target.Run(seed);

        var mutation = new Mutation(seed: 1, target.Seeds);
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Duration)
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
