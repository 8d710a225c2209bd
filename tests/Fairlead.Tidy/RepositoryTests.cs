using Fairlead.Tidy.Rules;

namespace Fairlead.Tidy;

/// <summary>The repository as it lies in the working folder keeps every rule of the house.</summary>
public sealed class RepositoryTests
{
    private static readonly SourceTree Repository = SourceTree.OfRepository();

    public static TheoryData<string> RuleNames => [.. Rule.All.Select(rule => rule.Name)];

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void Repository_KeepsTheRule(string rule)
    {
        var violations = Rule.All.Single(candidate => candidate.Name == rule).Check(Repository).ToList();

        violations.ShouldBeEmpty(string.Join('\n', violations));
    }

    [Fact]
    public void Repository_IsReadWhole()
    {
        Repository.Find("src/Fairlead.Core/Fairlead.Core.csproj").ShouldNotBeNull();
        Repository.HasFolder("tests/Fairlead.Tidy/Rules").ShouldBeTrue();
        Repository.Files.ShouldNotContain(file => file.IsIn("artifacts"));
    }
}
