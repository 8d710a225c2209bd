using Fairlead.Tidy.Rules;

namespace Fairlead.Tidy;

/// <summary>A rule that nobody ever saw fail proves nothing: each is run against a tree that breaks it.</summary>
public sealed class PlantedTests
{
    public static TheoryData<string, int> Violating => Numbered(PlantedTrees.Violating);

    public static TheoryData<string, int> Clean => Numbered(PlantedTrees.Clean);

    [Theory]
    [MemberData(nameof(Violating))]
    public void PlantedViolation_IsFound(string rule, int number)
    {
        var planted = PlantedTrees.Violating[number];

        var violations = Rule.All.Single(candidate => candidate.Name == rule).Check(planted.Tree).ToList();

        violations.ShouldHaveSingleItem().ToString().ShouldContain(planted.Expected);
    }

    [Theory]
    [MemberData(nameof(Clean))]
    public void InnocentTree_IsLeftAlone(string rule, int number)
    {
        var violations = Rule.All.Single(candidate => candidate.Name == rule).Check(PlantedTrees.Clean[number].Tree);

        violations.ShouldBeEmpty();
    }

    [Fact]
    public void EveryRule_HasAPlantedViolation()
    {
        var planted = PlantedTrees.Violating.Select(tree => tree.Rule).ToHashSet();

        Rule.All.Select(rule => rule.Name).Where(name => !planted.Contains(name)).ShouldBeEmpty();
    }

    private static TheoryData<string, int> Numbered(IReadOnlyList<PlantedTree> trees)
    {
        var data = new TheoryData<string, int>();
        for (var i = 0; i < trees.Count; i++)
            data.Add(trees[i].Rule, i);
        return data;
    }
}
