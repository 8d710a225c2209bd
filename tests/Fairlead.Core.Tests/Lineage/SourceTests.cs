using CsCheck;
using Fairlead.Core.Lineage;

namespace Fairlead.Core.Tests.Lineage;

public sealed class SourceTests
{
    [Theory]
    [InlineData("https://ada:secret@git.example/a.git", "https://git.example/a.git")]
    [InlineData("https://token@git.example:8443/a.git?private=1#x", "https://git.example:8443/a.git")]
    [InlineData("https://git.example/a@b/c.git", "https://git.example/a@b/c.git")]
    [InlineData("ssh://git@git.example/a.git", "ssh://git.example/a.git")]
    [InlineData("git@git.example:team/a.git", "git@git.example:team/a.git")]
    [InlineData("ada:secret@git.example:a.git", "git.example:a.git")]
    [InlineData("https://a@b:c@git.example", "https://git.example")]
    [InlineData("/srv/git/a.git", "/srv/git/a.git")]
    [InlineData(" ", null)]
    [InlineData(null, null)]
    public void AnAddress_KeepsNoPassword(string? address, string? expected) =>
        CodeSource.WithoutCredentials(address).ShouldBe(expected);

    [Fact]
    public void WhateverPasswordStandsBeforeTheHost_IsGone() =>
        Gen.String[Gen.Char.AlphaNumeric, 1, 20].Sample(word =>
            CodeSource.WithoutCredentials($"https://u:{word}%40x@h/p")!.ShouldBe("https://h/p"));

    [Fact]
    public void Requirements_AreReadLineByLine() => Names("requirements.txt", """
        # comment
        -r other.txt
        --hash=sha256:00
        numpy==1.26.4 \
        pandas[excel] == 2.2.0 ; python_version > "3.8"
        scikit-learn>=1.4
        torch
        pkg @ https://example/x.whl
        odd===1.0+local
        """).ShouldBe(["numpy 1.26.4", "pandas 2.2.0", "scikit-learn", "torch", "pkg", "odd 1.0+local"]);

    [Fact]
    public void ALock_IsReadTableByTable()
    {
        const string text = """
            version = 1
            requires-python = ">=3.11"
            [[package]]
            name = "numpy"
            version = "1.26.4"
            source = { registry = "https://index.example" }
            [package.metadata]
            name = "not-this"
            version = "9"
            [[package]]
            name = "local"
            """;
        Names("uv.lock", text).ShouldBe(["numpy 1.26.4"]);
        EnvironmentFile.Read("uv.lock", text).Python.ShouldBe(">=3.11");
    }

    [Fact]
    public void AConda_IsReadWithWhatPipAddsToIt()
    {
        const string text = """
            name: train
            channels:
            - conda-forge
            dependencies:
            - python=3.11.9
            - conda-forge::numpy=1.26=py311
            - scipy >=1.0
            - pip<=24
            - pip:
              - mlflow==2.12.1
              - "xgboost==2.0"
            - libgomp
            prefix: /opt
            """;
        Names("conda.yaml", text).ShouldBe(
            ["python 3.11.9", "numpy 1.26", "scipy", "pip", "mlflow 2.12.1", "xgboost 2.0", "libgomp"]);
        EnvironmentFile.Read("conda.yaml", text).Python.ShouldBe("3.11.9");
        EnvironmentFile.Read("conda.yaml", text).Packages.Count(each => each.Ecosystem == "pypi").ShouldBe(2);
    }

    /// <summary>Whatever a file holds, it is read within its bounds.</summary>
    [Fact]
    public void AnyText_IsRead() =>
        Gen.String.Sample(text =>
        {
            foreach (var name in EnvironmentFile.Names)
                EnvironmentFile.Read(name, text).Packages.ShouldAllBe(each => each.Name.Length > 0);
        });

    private static IEnumerable<string> Names(string file, string text) => EnvironmentFile.Read(file, text).Packages
        .Select(each => each.Version is null ? each.Name : $"{each.Name} {each.Version}");
}
