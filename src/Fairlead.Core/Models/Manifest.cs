using System.Collections.Immutable;

namespace Fairlead.Core.Models;

/// <summary>
/// One file of a version: its path inside the version (with <c>/</c>), its length in bytes and the digest of its bytes.
/// </summary>
public sealed record ManifestFile(string Path, long Size, Sha256Digest Digest);

/// <summary>One part of a version's graph: which runtime runs which file.</summary>
/// <param name="Name">Name of the component within the version.</param>
/// <param name="Runtime">Key of the runtime, such as <c>onnx</c>.</param>
/// <param name="Entry">Path of the file that the runtime opens; files beside it (external data) are found from
/// there.</param>
public sealed record ManifestComponent(string Name, string Runtime, string Entry);

/// <summary>
/// The immutable description of a version: its files by digest, its components and one outer signature. A lone ONNX
/// file is a graph of one component.
/// </summary>
public sealed record Manifest(
    ImmutableArray<ManifestFile> Files,
    ImmutableArray<ManifestComponent> Components,
    Signature Signature);
