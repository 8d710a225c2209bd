namespace Fairlead.Client.Api;

/// <summary>The code that a version was trained with.</summary>
public sealed record CodeLineage
{
    /// <summary>Where the code lies, without any password or key.</summary>
    public string? Repository { get; init; }

    /// <summary>The commit that the checkout stood on.</summary>
    public string? Commit { get; init; }

    public string? Branch { get; init; }

    /// <summary>The program that was run, such as <c>train.py</c>.</summary>
    public string? EntryPoint { get; init; }

    /// <summary>Tracked files differed from the commit.</summary>
    public bool Dirty { get; init; }

    /// <summary>
    /// How they differed, as <c>git diff HEAD</c> writes it, cut at 64 KiB; only where one version is asked for.
    /// </summary>
    public string? Diff { get; init; }

    /// <summary>Length of the whole difference in bytes; 0 where there is none.</summary>
    public long DiffBytes { get; init; }

    /// <summary>SHA-256 of the whole difference, 64 hexadecimal digits.</summary>
    public string? DiffDigest { get; init; }
}

/// <summary>What a version was trained in.</summary>
public sealed record EnvironmentLineage
{
    /// <summary>The image of the container, best with its digest.</summary>
    public string? Container { get; init; }

    /// <summary>The version of Python.</summary>
    public string? Python { get; init; }

    /// <summary>The file that named the packages, such as <c>requirements.txt</c>.</summary>
    public string? Source { get; init; }

    /// <summary>Packages, at most 5,000.</summary>
    public IReadOnlyList<PackageInfo> Packages { get; set; } = [];
}

/// <summary>A package of an environment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its exact version; null where it was not pinned.</param>
/// <param name="Ecosystem">Where it comes from: <c>pypi</c> or <c>conda</c>.</param>
public sealed record PackageInfo(string Name, string? Version, string Ecosystem = "pypi");

/// <summary>Data that a training run read.</summary>
/// <param name="Name">Its name in the run.</param>
/// <param name="Digest">By what its content is known.</param>
/// <param name="Source">Where it lies.</param>
/// <param name="Role">What it was to the run, such as <c>training</c>.</param>
public sealed record LineageInput(string Name, string Digest, string? Source = null, string? Role = null);
